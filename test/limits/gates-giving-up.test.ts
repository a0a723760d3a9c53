import {getEventListeners} from 'node:events';
import {describe, expect, test} from 'vitest';
import type {Pass, Refused} from '../../src/ports.ts';
import {enter, setup, type Setup} from './support/gates.ts';

const RATE = {application: {bucket: 1, perMinute: 60}};
const told = (until: number): {until: number; reason: string} => ({until, reason: 'told'});

/** A call that may wait until then. */
const visit = ({gates}: Setup, key: string, latest: number, signal: AbortSignal): Promise<Pass | Refused> =>
  gates.enter(key, {priority: 5, latest}, signal);

describe('the signal of a call is left alone', () => {
  test.each<[string, (all: Setup, gone: AbortController) => void]>([
    ['when it has its place', ({gates}) => gates.reopen('user:ada')],
    ['when it is refused', ({gates}) => gates.close('user:ada', told(9_000), [])],
    ['when it has given up', (_, gone) => gone.abort('gone')],
  ])('%s', async (_, end) => {
    const all = setup();
    all.gates.close('user:ada', told(500), []);
    const gone = new AbortController();
    const waits = visit(all, 'user:ada', 1_000, gone.signal);
    expect(getEventListeners(gone.signal, 'abort')).toHaveLength(1);
    end(all, gone);
    await Promise.allSettled([waits]);
    expect(getEventListeners(gone.signal, 'abort')).toEqual([]);
  });
});

describe('who gives up', () => {
  test('is away at once, with its reason, and its timer too', async () => {
    const all = setup(RATE);
    const {gates, clock} = all;
    const [first] = gates.enterAtOnce(['application']) ?? [];
    first?.sent();
    first?.leave('passed');
    const gone = new AbortController();
    const waits = enter(gates, 'application', gone.signal);
    gone.abort('gone');
    expect([gates.waiting('application'), clock.waiting]).toEqual([0, 0]);
    await expect(waits).rejects.toBe('gone');
  });

  test('in its last moment, which is its turn, has its place all the same', async () => {
    const all = setup(RATE);
    const {gates, clock} = all;
    gates.enterAtOnce(['application'])?.[0]?.sent();
    const gone = new AbortController();
    // This timer was set first, so it comes first.
    void clock.sleep(1_000).then(() => gone.abort('gone'));
    const waits = visit(all, 'application', 1_000, gone.signal);
    await clock.advance(1_000);
    expect(await waits).toMatchObject({key: 'application'});
  });

  test('in a moment that is its turn, though it could wait for longer, has none', async () => {
    const all = setup(RATE);
    const {gates, clock} = all;
    gates.enterAtOnce(['application'])?.[0]?.sent();
    const gone = new AbortController();
    void clock.sleep(1_000).then(() => gone.abort('gone'));
    const waits = visit(all, 'application', 1_001, gone.signal);
    waits.catch(() => undefined);
    await clock.advance(1_000);
    await expect(waits).rejects.toBe('gone');
  });

  test('in its last moment, in which nobody can go, has none', async () => {
    const all = setup(RATE);
    const {gates, clock} = all;
    gates.ease('application');
    gates.enterAtOnce(['application'])?.[0]?.sent();
    const gone = new AbortController();
    void clock.sleep(1_000).then(() => gone.abort('gone'));
    const waits = visit(all, 'application', 1_000, gone.signal);
    waits.catch(() => undefined);
    await clock.advance(1_000);
    await expect(waits).rejects.toBe('gone');
  });

  test('after it has its place keeps it', async () => {
    const all = setup(RATE);
    const {gates, clock} = all;
    gates.enterAtOnce(['application'])?.[0]?.sent();
    const gone = new AbortController();
    await clock.run(enter(gates, 'application', gone.signal));
    gone.abort('gone');
    expect(gates.list()[0]?.inFlight).toBe(2);
    expect(clock.waiting).toBe(0);
  });
});
