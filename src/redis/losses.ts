import {randomUUID} from 'node:crypto';
import type {Connection} from './connection.ts';
import {alive} from './scripts/pairs.ts';

/** So long after it lost its data, a server may lack what somebody is just putting back. */
const LATELY_MS = 10_000;

/** Notices when the server has come back without its data: a mark that was there is there no more, or another. */
export interface Losses {
  /** Resolves with whether that was in the last moments. Whoever sees it first puts back what it has, and tells the others. */
  check(): Promise<boolean>;
  /** Another process has seen it. */
  heard(): Promise<void>;
}

/** `putBack` is told once for each loss. */
export function lossesOf(
  {run}: Connection,
  key: string,
  [channel, message]: readonly [channel: string, message: string],
  putBack: () => Promise<void>,
): Losses {
  let seen = '';
  let lostUntil = -Infinity;
  let backAgain: Promise<void> = Promise.resolve();

  function noticed(agoMs: number): Promise<void> {
    const anew = performance.now() >= lostUntil;
    lostUntil = performance.now() + LATELY_MS - agoMs;
    if (anew) backAgain = putBack();
    return backAgain;
  }

  return {
    async check() {
      const answer = await run(alive, [key], [seen, randomUUID(), channel, message]);
      const [mark, lostAt, now] = answer as [mark: string, lostAt: string, now: string];
      const agoMs = lostAt === '0' ? Infinity : Number(now) - Number(lostAt);
      const gone = seen !== '' && mark !== seen;
      const news = mark !== seen;
      seen = mark;
      if (gone) await noticed(agoMs < LATELY_MS ? agoMs : 0);
      else if (news && agoMs < LATELY_MS) await noticed(agoMs);
      return performance.now() < lostUntil;
    },
    heard: () => noticed(0),
  };
}
