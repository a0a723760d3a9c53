import * as fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {explain} from '../../src/engine/explain.ts';
import type {PolicyOptions} from '../../src/options.ts';
import {fakeAuth, pair} from './support/auth.ts';
import {bench, errorOf, playing} from './support/bench.ts';
import {asleep, noPermission, rateLimited, unauthorized, unreachable, upstream} from './support/failures.ts';

const CALLS = 1_000;
const read = (index: number | string): {vehicle: string; idempotent: true} => ({
  vehicle: `car ${index}`,
  idempotent: true,
});

/** Every call meets a maker that does not answer. How many requests came of it, and what the calls ended with. */
async function outage(options: PolicyOptions, spreadMs: number) {
  const {policy, clock} = bench(options);
  let sent = 0;
  const wrong: unknown[] = [];
  const reasons: Record<string, number> = {};
  const one = async (index: number): Promise<void> => {
    await clock.sleep(index * spreadMs);
    const own: Error[] = [];
    const send = async (): Promise<never> => {
      sent += 1;
      own.push(upstream());
      throw own.at(-1)!;
    };
    const error = await errorOf(policy.run(send, read(index)));
    if (error !== own.at(-1)) wrong.push(error);
    const {reason = 'none', attempts} = explain(error) ?? {};
    if (attempts !== own.length) wrong.push(`${attempts} attempts of ${own.length}`);
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  };
  await clock.run(Promise.all(Array.from({length: CALLS}, (_, index) => one(index))));
  expect(wrong).toEqual([]);
  return {sent, reasons, policy};
}

describe('in a total outage', () => {
  test('a thousand calls, one a second, cost a tenth more and the ten that were saved up, at the most', async () => {
    const {sent, reasons, policy} = await outage({}, 1_000);

    // The first call finds the bucket full, so its tenth has no room.
    expect(sent).toBe(CALLS + 10 + Math.floor((CALLS - 1) * 0.1));
    expect(sent / CALLS).toBeLessThanOrEqual(1 + 0.1 + 10 / CALLS);
    expect(reasons['budget']! + reasons['retries-spent']!).toBe(CALLS);
    expect(policy.limits().retriesLeft).toBe(0);
  });

  test('a thousand calls at once cost no more than that either', async () => {
    const {sent, reasons} = await outage({}, 0);

    expect(sent).toBeLessThanOrEqual(CALLS + 10 + 0.1 * CALLS);
    expect((reasons['budget'] ?? 0) + (reasons['retries-spent'] ?? 0)).toBe(CALLS);
  });

  test.each([
    {share: 0.5, size: 4, most: 1_504},
    {share: 0, size: 3, most: 1_003},
    {share: 1, size: 1, most: 2_001},
  ])('with a share of $share and $size saved up, $most requests are the most', async ({most, ...budget}) => {
    const {sent} = await outage({budget}, 1_000);

    expect(sent).toBeLessThanOrEqual(most);
    expect(sent).toBeGreaterThan(CALLS);
  });

  test('without a budget every call costs four requests', async () => {
    const {sent, reasons, policy} = await outage({budget: false}, 1_000);

    expect(sent).toBe(4 * CALLS);
    expect(reasons).toEqual({'retries-spent': CALLS});
    expect(policy.limits()).not.toHaveProperty('retriesLeft');
  });

  test('the closed form holds for every budget and however the calls come', async () => {
    const budgets = fc.record({
      share: fc.double({min: 0, max: 1, noNaN: true}),
      size: fc.integer({min: 1, max: 20}),
    });
    const property = fc.asyncProperty(
      budgets,
      fc.array(fc.nat(2_000), {minLength: 1, maxLength: 60}),
      async (budget, startsAt) => {
        const {policy, clock} = bench({budget});
        let sent = 0;
        const one = async (ms: number): Promise<void> => {
          await clock.sleep(ms);
          await errorOf(policy.run(async () => ((sent += 1), Promise.reject(upstream())), read(ms)));
        };
        await clock.run(Promise.all(startsAt.map(one)));

        expect(sent - startsAt.length).toBeLessThanOrEqual(budget.size + budget.share * startsAt.length);
      },
    );
    await fc.assert(property, {numRuns: 60});
  });
});

describe('a call that no retry is left for', () => {
  test('ends with its own error, and explain() says why and when it makes sense again', async () => {
    const {policy, clock, log} = bench({budget: {size: 1, share: 0}});
    const began = clock.now();
    await clock.run(policy.run(playing(unreachable(), 1), read('a')));
    const errors = [upstream(), upstream()];
    const error = await errorOf(policy.run(playing(...errors), read('b')));

    expect(error).toBe(errors[0]);
    expect(explain(error)).toMatchObject({
      action: 'fail',
      reason: 'budget',
      needs: 'nobody',
      attempts: 1,
      retryAt: clock.now() + 1_000,
    });
    expect(log.slice(-3)).toEqual([
      `${clock.now() - began} b decision: fail, budget`,
      `${clock.now() - began} b defer to ${clock.now() - began + 1_000}, budget`,
      `${clock.now() - began} b fail: fail, budget, attempts 1, waited 0`,
    ]);
  });

  test('resolves with its own response', async () => {
    const {policy} = bench({budget: {size: 1, share: 0}, backoff: {'*': {baseDelayMs: 0, maxDelayMs: 0}}});
    const answers = [503, 503].map(status => new Response('busy', {status}));
    const response = await policy.run(playing(...answers), read('a'));

    expect(response).toBe(answers[1]);
    expect((response as Response).bodyUsed).toBe(false);
    expect(explain(response)).toMatchObject({reason: 'budget', attempts: 2, failure: {status: 503}});
  });
});

describe('policy.limits().retriesLeft', () => {
  test('falls by one for each retry, and ten calls bring one back, up to the size', async () => {
    const {policy, clock} = bench({budget: {size: 3}});
    expect(policy.limits().retriesLeft).toBe(3);
    await clock.run(policy.run(playing(upstream(), upstream(), 1), read('a')));
    expect(policy.limits().retriesLeft).toBe(1);
    for (let call = 0; call < 9; call++) await policy.run(playing(1), read(call));
    expect(policy.limits().retriesLeft).toBe(1);
    await policy.run(playing(1), read('b'));
    expect(policy.limits().retriesLeft).toBe(2);
    for (let call = 0; call < 50; call++) await policy.run(playing(1), read(call));
    expect(policy.limits().retriesLeft).toBe(3);
  });

  test('is 10 by default', () => {
    expect(bench().policy.limits().retriesLeft).toBe(10);
  });
});

describe('nothing is drawn', () => {
  test('by the repeat after a refresh', async () => {
    const {policy, clock} = bench({
      budget: {size: 1, share: 0},
      auth: fakeAuth(async () => pair('new', clock.now())),
    });
    await policy.tokens.save('ada', pair('old', clock.now()));
    await expect(
      clock.run(policy.run(playing(unauthorized(), 1), {...read('a'), user: 'ada'})),
    ).resolves.toBe(1);

    expect(policy.limits().retriesLeft).toBe(1);
  });

  test.each([
    ['the car’s limit', rateLimited('VEHICLE', 5)],
    ['the application’s limit', rateLimited('SMARTCAR_API', 5)],
    ['a car that sleeps', asleep()],
  ])('by the repeat after a failure that closed a gate: %s', async (_name, failure) => {
    const {policy, clock} = bench({budget: {size: 1, share: 0}, maxWaitMs: 3_600_000});
    await errorOf(clock.run(policy.run(playing(upstream()), read('other'))));
    expect(policy.limits().retriesLeft).toBe(0);

    await expect(clock.run(policy.run(playing(failure, failure, 1), read('a')))).resolves.toBe(1);
  });

  test('by failures that are not repeated', async () => {
    const {policy} = bench({budget: {size: 1, share: 0}, backoff: {UPSTREAM: false}});
    for (const failure of [upstream(), noPermission(), new Error('a stranger')])
      await errorOf(policy.run(playing(failure), read('a')));
    await errorOf(policy.run(playing(upstream()), {vehicle: 'car'}));

    expect(policy.limits().retriesLeft).toBe(1);
  });
});

test('a retry that nobody waits for any more has been drawn all the same: the bound stays a bound', async () => {
  const {policy, clock} = bench({budget: {size: 2, share: 0}});
  const controller = new AbortController();
  const call = policy.run(playing(upstream(), 1), {...read('a'), signal: controller.signal});
  await clock.advance(100);
  controller.abort('gone');
  await errorOf(call);

  expect(policy.limits().retriesLeft).toBe(1);
});
