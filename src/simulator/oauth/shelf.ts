/** A map that forgets, so that it has a size to which it grows and no more. */
export interface Shelf<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
  readonly size: number;
}

export interface ShelfRules<Value> {
  /** Whether a value can go as soon as there are more than `remembered`. */
  readonly isDead: (value: Value) => boolean;
  /** Whether a value goes before others once there are more than `most`. */
  readonly isExpendable: (value: Value) => boolean;
  /** Until then the dead are kept too, since the journal can still name them. @default 10_000 */
  readonly remembered?: number;
  /** Beyond that even the living go. @default 100_000 */
  readonly most?: number;
}

/** How many values a new one makes it look at: more than one, so that the dead go faster than the new come. */
const looks = 4;

/** Each `set` looks at a few values, in a round that never ends: no sweep, whatever the size. */
export function createShelf<Value>(rules: ShelfRules<Value>): Shelf<Value> {
  const {isDead, isExpendable, remembered = 10_000, most = 100_000} = rules;
  const values = new Map<string, Value>();
  let round = values.entries();

  function lookAtNext(): readonly [string, Value] | undefined {
    const next = round.next();
    if (next.done !== true) return next.value;
    round = values.entries();
    return round.next().value;
  }

  return {
    get: key => values.get(key),
    set(key, value) {
      values.set(key, value);
      for (let looked = 0; looked < looks && values.size > remembered; looked += 1) {
        const next = lookAtNext();
        if (next === undefined || next[0] === key) continue;
        if (isDead(next[1]) || (values.size > most && isExpendable(next[1]))) values.delete(next[0]);
      }
      while (values.size > most) {
        const next = lookAtNext();
        if (next !== undefined && next[0] !== key) values.delete(next[0]);
      }
    },
    delete(key) {
      values.delete(key);
    },
    get size() {
      return values.size;
    },
  };
}
