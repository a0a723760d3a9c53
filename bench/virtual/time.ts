import {install} from '@sinonjs/fake-timers';
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {xoroshiro128plus} from 'pure-rand/generator/xoroshiro128plus';

/** Where virtual time begins. */
const START = Date.UTC(2026, 0, 1);

/** `Math.random` of the peers included: a run can be had again. */
export function seeded(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  // It starts from few set bits; its first numbers would be alike for all small seeds.
  for (let skipped = 0; skipped < 16; skipped++) generator.next();
  return () => uniformFloat64(generator);
}

/** When to stop although the work is not done. */
export interface Caps {
  /** Virtual milliseconds. @default none */
  readonly virtualMs?: number;
  /** Real milliseconds, so that who works much for each virtual second can't hold up the bench. @default 60_000 */
  readonly realMs?: number;
}

/** How a stretch of virtual time went. */
export interface Stretch {
  /** Virtual milliseconds from the start until the work was done, or until a cap. */
  readonly virtualMs: number;
  readonly realMs: number;
  /** False where a cap came first. */
  readonly done: boolean;
}

/**
 * Does the work on fake time, which goes on to the next timer as soon as nothing else is left to do. Timers, dates and
 * dice are real again afterwards, however it ends; what was not done by then never will be.
 */
export async function onFakeTime(
  seed: number,
  work: () => Promise<unknown>,
  caps: Caps = {},
): Promise<Stretch> {
  const {virtualMs = Infinity, realMs = 60_000} = caps;
  const {random} = Math;
  const clock = install({
    now: START,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  const began = realNow();
  try {
    Math.random = seeded(seed);
    const progress = {done: false};
    // A failed work is done as well: it is thrown below.
    const working = work().finally(() => (progress.done = true));
    working.catch(() => undefined);
    for (;;) {
      await rest();
      const elapsed = {virtualMs: clock.now - START, realMs: realNow() - began};
      if (progress.done) {
        await working;
        return {...elapsed, done: true};
      }
      if (elapsed.virtualMs >= virtualMs || elapsed.realMs >= realMs) return {...elapsed, done: false};
      if (clock.countTimers() === 0) await standstill(() => progress.done || clock.countTimers() > 0);
      clock.next();
    }
  } finally {
    clock.uninstall();
    Math.random = random;
  }
}

/** All promises come to rest before an immediate has its turn; `nextAsync` would take a real millisecond for that. */
const rest = (): Promise<void> => new Promise(resolve => void setImmediate(resolve));

/** Not faked, unlike `performance.now`. */
const realNow = (): number => Number(process.hrtime.bigint() / 1_000_000n);

/** Nothing is due: only a module that is still being read from the disk is worth a short wait. */
async function standstill(over: () => boolean): Promise<void> {
  const until = realNow() + 2_000;
  while (!over()) {
    if (realNow() > until)
      throw new Error('Expected the work to end: it waits for something that is no timer');
    await rest();
  }
}

/** Waits for so long, in virtual time where time is virtual. */
export const pause = (ms: number): Promise<void> => new Promise(resolve => void setTimeout(resolve, ms));
