import type {StoredTokens} from '../ports.ts';

/** Users whose token is kept at hand; the oldest goes first. */
const MOST = 10_000;

/** `replaced`: another pair is known to have taken its place. */
type Unsure = StoredTokens & {readonly replaced?: true};

/**
 * The pairs that this process has at hand. Those that are known to be current are warm; the others were good when they were
 * last seen, which counts when the store cannot be asked.
 */
export interface AtHand {
  /** Counts what has been saved and deleted, here and elsewhere: whoever began before that may hold an older pair. */
  readonly changes: number;
  warm(key: string): StoredTokens | undefined;
  /** For when the store cannot be asked. */
  lastSeen(key: string): StoredTokens | undefined;
  /** For when the store has lost it: not what is known to have been replaced. */
  toPutBack(key: string): StoredTokens | undefined;
  /** Keys of all that there is. */
  keys(): readonly string[];
  /** `seenAt`: the changes when whoever brings it began. */
  keep(key: string, stored: StoredTokens, seenAt: number): StoredTokens;
  changedSince(key: string, seenAt: number): boolean;
  /** It is another by now; `gone`: or none, or one that is kept next. */
  changed(key: string, gone: boolean): void;
  /** Nobody knows what has been stored meanwhile. */
  missed(): void;
  /** It is of no use. */
  drop(key: string): void;
}

export function createAtHand(): AtHand {
  const warm = new Map<string, StoredTokens>();
  const unsure = new Map<string, Unsure>();
  let changes = 0;
  let missedAt = 0;
  const changedAt = new Map<string, number>();

  const changedSince = (key: string, seenAt: number): boolean =>
    Math.max(missedAt, changedAt.get(key) ?? 0) > seenAt;

  function drop(key: string): void {
    warm.delete(key);
    unsure.delete(key);
  }

  return {
    get changes() {
      return changes;
    },
    warm: key => warm.get(key),
    lastSeen: key => warm.get(key) ?? unsure.get(key),
    toPutBack(key) {
      const known: Unsure | undefined = warm.get(key) ?? unsure.get(key);
      return known?.replaced ? undefined : known;
    },
    keys: () => [...new Set([...unsure.keys(), ...warm.keys()])],
    keep(key, stored, seenAt) {
      if (changedSince(key, seenAt)) return stored;
      unsure.delete(key);
      atMost(warm, key, stored);
      return stored;
    },
    changedSince,
    changed(key, gone) {
      changes += 1;
      if (changedAt.size >= MOST) {
        changedAt.clear();
        missedAt = changes;
      }
      changedAt.set(key, changes);
      const old = warm.get(key);
      if (old && !gone) atMost(unsure, key, {...old, replaced: true});
      else if (gone) unsure.delete(key);
      warm.delete(key);
    },
    missed() {
      changes += 1;
      missedAt = changes;
      for (const [key, old] of warm) atMost(unsure, key, old);
      warm.clear();
    },
    drop,
  };
}

/** The newest last; the oldest goes when there are too many. */
function atMost<T>(tokens: Map<string, T>, key: string, stored: T): void {
  tokens.delete(key);
  tokens.set(key, stored);
  if (tokens.size > MOST) tokens.delete(tokens.keys().next().value ?? key);
}
