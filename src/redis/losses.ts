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
      const lately = agoMs < LATELY_MS;
      // A process that has seen no mark yet has nothing to miss, unless another has just told of a loss.
      const lost = mark !== seen && (seen !== '' || lately);
      seen = mark;
      if (lost) await noticed(lately ? agoMs : 0);
      return performance.now() < lostUntil;
    },
    heard: () => noticed(0),
  };
}
