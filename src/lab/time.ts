import {install} from '@sinonjs/fake-timers';
import {createDice} from '../simulator/dice.ts';

/** Where virtual time begins: the first of a month, so that a month's quota is whole. */
export const START: number = Date.UTC(2026, 0, 1);

/**
 * Does the work on fake timers, which go on to the next one as soon as nothing else is left to do. Timers, dates and dice
 * are real again afterwards, however it ends; what was not done by then never will be.
 */
export async function onVirtualTime(seed: number, work: () => Promise<unknown>): Promise<void> {
  const {random} = Math;
  const clock = install({
    now: START,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  try {
    Math.random = createDice(seed, 'Math.random').share;
    const progress = {done: false};
    // A failed work is done as well: it is thrown below.
    const working = work().finally(() => (progress.done = true));
    working.catch(() => undefined);
    for (;;) {
      await rest();
      if (progress.done) return void (await working);
      if (clock.countTimers() === 0) await standstill(() => progress.done || clock.countTimers() > 0);
      clock.next();
    }
  } finally {
    clock.uninstall();
    Math.random = random;
  }
}

/** All promises come to rest before an immediate has its turn; the package's `nextAsync` takes a real millisecond. */
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
