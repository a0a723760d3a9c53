import type {EpisodeRecords, Marks, TokenStore} from '../../../src/ports.ts';
import type {ManualClock} from '../../../src/testing/manual-clock.ts';
import {memoryStore} from './front-door.ts';

/** A store that is full, or slow, for a while. */
export interface MoodyStore {
  readonly store: TokenStore;
  mood: 'good' | 'slow' | 'full';
  /** Whether anybody has had to wait for it. */
  wasSlow: boolean;
  /** The access tokens that are safe: none of the others may be used. */
  readonly safe: ReadonlySet<string>;
}

const SLOW_MS = 3_000;

/** `shared`: by several processes at once. */
export function moodyStore(clock: ManualClock, shared: boolean): MoodyStore {
  const inner = memoryStore();
  const safe = new Set<string>();

  async function moody<T>(writes: boolean, action: () => Promise<T>): Promise<T> {
    if (moodiness.mood === 'slow') {
      moodiness.wasSlow = true;
      await clock.sleep(SLOW_MS);
    }
    if (writes && moodiness.mood === 'full') throw new Error('database or disk is full');
    return action();
  }

  const records = inner.episodes!;
  const episodes: EpisodeRecords = {
    ...records,
    shared,
    open: record => moody(true, () => records.open(record)),
    end: (episode, now) => moody(true, () => records.end(episode, now)),
    move: (...step) => moody(true, () => records.move(...step)),
    get: episode => moody(false, () => records.get(episode)),
    endedAt: key => moody(false, () => records.endedAt(key)),
  };
  const marks: Marks = {
    ...inner.marks!,
    set: (...mark) => moody(true, async () => inner.marks!.set(...mark)),
  };
  const moodiness: MoodyStore = {
    mood: 'good',
    wasSlow: false,
    safe,
    store: {
      ...inner,
      episodes,
      marks,
      get: key => moody(false, () => inner.get(key)),
      put: (key, tokens, ...rest) =>
        moody(true, async () => {
          const generation = await inner.put(key, tokens, ...rest);
          if (generation !== undefined) safe.add(tokens.accessToken);
          return generation;
        }),
      delete: key => moody(true, () => inner.delete(key)),
      acquire: (name, leaseMs) =>
        moody(true, async () => {
          const lease = await inner.acquire(name, leaseMs);
          return lease && {release: () => moody(false, () => lease.release())};
        }),
    },
  };
  return moodiness;
}
