import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {bench, errorOf, playing} from './support/bench.ts';
import {lostLogin, rateLimited, upstream} from './support/failures.ts';

const READ = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};
const ALL = [
  'attempt',
  'decision',
  'refresh',
  'pause',
  'resume',
  'reauth',
  'reauth-resolved',
  'defer',
  'success',
  'fail',
] as const;

/** What would be said as a process warning. */
function warnings(): readonly string[] {
  const heard: string[] = [];
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation(said => void heard.push(String(said)));
  onTestFinished(() => spy.mockRestore());
  return heard;
}

/** A promise that rejects does so later. */
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

describe('a listener that fails breaks no call:', () => {
  const thrown: readonly (readonly [string, () => unknown])[] = [
    [
      'one that throws',
      () => {
        throw new Error('listener');
      },
    ],
    ['one whose promise rejects', () => Promise.reject(new Error('listener'))],
    [
      'one whose thenable rejects',
      // oxlint-disable-next-line unicorn/no-thenable -- a listener may return one
      () => ({then: (_: unknown, no: (e: unknown) => void) => no(new Error('x'))}),
    ],
    [
      'one that throws undefined',
      () => {
        throw undefined;
      },
    ],
    [
      'one that throws an error that cannot be read',
      () => {
        throw Object.defineProperty(new Error('x'), 'message', {
          get() {
            throw new Error('no');
          },
        });
      },
    ],
    [
      'one that throws an error whose message is a symbol',
      () => {
        throw Object.assign(new Error('x'), {message: Symbol('odd')});
      },
    ],
  ];
  test.each(thrown)('%s', async (_name, listener) => {
    const heard = warnings();
    const {policy, clock, log} = bench();
    for (const event of ALL) policy.on(event, listener);
    await clock.run(policy.run(playing(upstream(), rateLimited('VEHICLE', 1), 1), READ));
    // The pace of the car's limit is over by then.
    await clock.advance(2_000);
    await errorOf(policy.run(playing(lostLogin()), READ));
    await policy.reauth.resolve('ada');
    await clock.advance(2_000);
    await errorOf(policy.run(playing(upstream()), {...READ, maxWaitMs: 0}));
    await turn();

    expect(log.at(-1)).toContain('fail, wait-too-long');
    expect(heard.length).toBeGreaterThan(10);
  });
});

describe('listeners', () => {
  test('are told in the order in which they were added, each as often as it was added', async () => {
    const {policy} = bench();
    const told: string[] = [];
    const first = (): void => void told.push('first');
    policy
      .on('success', first)
      .on('success', () => told.push('second'))
      .on('success', first);
    await policy.run(playing(1), READ);

    expect(told).toEqual(['first', 'second', 'first']);
  });

  test('taken off hear nothing more, and a stranger taken off changes nothing', async () => {
    const {policy} = bench();
    const told: string[] = [];
    const listener = (): void => void told.push('heard');
    policy.on('success', listener).off('success', () => undefined);
    await policy.run(playing(1), READ);
    policy.off('success', listener);
    await policy.run(playing(1), READ);
    policy.off('success', listener);

    expect(told).toEqual(['heard']);
  });

  test('added with once hear one event, even if they cause the same event again', async () => {
    const {policy} = bench();
    const told: string[] = [];
    let more: Promise<unknown> | undefined;
    policy.once('attempt', () => {
      told.push('first');
      more = policy.run(playing(1), READ);
    });
    policy.once('attempt', () => told.push('second'));
    await policy.run(playing(1), READ);
    await more;
    await policy.run(playing(1), READ);

    expect(told).toEqual(['first', 'second']);
  });
});

test('every call ends with one success or one fail, whatever happens to it', async () => {
  const {policy, clock} = bench();
  const ends = new Map<number, string[]>();
  const end = (call: number, how: string): void => void ends.set(call, [...(ends.get(call) ?? []), how]);
  policy.on('success', ({call}) => end(call, 'success'));
  policy.on('fail', ({call, reason}) => end(call, reason));
  const calls = [
    policy.run(playing(1), READ),
    policy.run(playing(new Error('x')), READ),
    policy.run(playing(1), {...READ, signal: AbortSignal.abort()}),
    policy.run(playing(1), {...READ, deadlineMs: 0}),
    policy.run(playing(upstream()), {...READ, maxWaitMs: 0}),
    policy.run(playing(upstream()), READ),
    policy.run(playing(lostLogin()), {...READ, vehicle: 'lost'}),
  ];
  await clock.run(Promise.allSettled(calls));
  await errorOf(policy.run(playing(1), {...READ, vehicle: 'lost'}));
  await policy.close();
  await errorOf(policy.run(playing(1), READ));

  expect([...ends.values()].map(one => one.join('+')).toSorted()).toEqual([
    'aborted',
    'closed',
    'parked',
    'past-deadline',
    'retries-spent',
    'server-says-reauthenticate',
    'success',
    'unrecognised',
    'wait-too-long',
  ]);
});
