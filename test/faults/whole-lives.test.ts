import * as fc from 'fast-check';
import {expect, test} from 'vitest';
import {FACTOR} from './support/factor.ts';
import {story} from './support/fate.ts';
import {Play} from './support/play.ts';

const RUNS = 250 * FACTOR;

test.each(['2', '3'] as const)(
  `v%s: ${RUNS} stories of calls, faults, clocks that are set, restarts, owners who leave and return`,
  async version => {
    let calls = 0;
    let sent = 0;
    const property = fc.asyncProperty(story, async given => {
      const play = new Play(version, given);
      const {clock, smartcar} = play;
      await play.begin();
      const all = [
        ...given.lives.map((life, index) => play.live(life, index)),
        ...given.turns.map(one => play.turn(one)),
      ];
      await clock.run(Promise.all(all));
      calls += given.lives.length;
      sent += smartcar.sent;
      const {ends} = play;
      await play.after();
      expect(smartcar.wrongs).toEqual([]);
      expect([...ends.values()].every(count => count === 1)).toBe(true);
      expect([...play.attempted].every(call => ends.has(call))).toBe(true);
    });
    await fc.assert(property, {
      numRuns: RUNS,
      interruptAfterTimeLimit: 25_000 * FACTOR,
      markInterruptAsFailure: false,
    });
    if (FACTOR > 1) console.log(`v${version}: ${calls} calls, ${sent} requests`);
  },
  60_000 * FACTOR,
);
