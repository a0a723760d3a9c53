import {expect, onTestFinished, test} from 'vitest';
import {fakeAuth, pair} from '../engine/support/auth.ts';
import {errorOf} from '../engine/support/bench.ts';
import {
  createPolicy,
  manualClock,
  type CallContext,
  type ManualClock,
  type Policy,
} from './support/front-door.ts';

const TOLD_S = 30;
const TOLD_MS = TOLD_S * 1_000;
const MINUTE = 60_000;

/** What openid-client makes of a 429 of the token endpoint. */
const limited = (): Error =>
  Object.assign(new Error('server responded with an error'), {
    code: 'OAUTH_RESPONSE_BODY_ERROR',
    error: 'slow_down',
    status: 429,
    cause: new Response(null, {status: 429, headers: {'retry-after': `${TOLD_S}`}}),
  });

interface World {
  readonly clock: ManualClock;
  readonly policy: Policy;
  /** When the token endpoint was asked, in ms since the beginning. */
  readonly askedAt: readonly number[];
  readonly read: (user: string, context?: CallContext) => Promise<string>;
}

/** A token endpoint that takes a tenth of a second, and says once that it is in a hurry. */
async function world(lifeMs: number): Promise<World> {
  const clock = manualClock();
  const askedAt: number[] = [];
  const auth = fakeAuth(async () => {
    askedAt.push(clock.monotonic());
    await clock.sleep(100);
    if (askedAt.length === 1) throw limited();
    return pair(`new-${askedAt.length}`, clock.now());
  });
  const policy = createPolicy({clock, auth, random: () => 0, maxWaitMs: MINUTE});
  onTestFinished(() => policy.close());
  for (const user of ['ada', 'bob']) await policy.tokens.save(user, pair(user, clock.now(), lifeMs));
  const read = (user: string, context: CallContext = {}): Promise<string> =>
    policy.run(async ({accessToken}) => accessToken, {idempotent: true, ...context, user});
  return {clock, policy, askedAt, read};
}

const ENDED = 1;
/** Less than is left to a token that is sent without a second thought, more than nothing. */
const NEARLY_ENDED = 4_000;
const RENEWED_AHEAD = 50_000;

test('a time that the token endpoint told holds for all, though whoever waited for it has left', async () => {
  const {clock, askedAt, read} = await world(ENDED);
  await clock.advance(ENDED);
  const leaving = new AbortController();
  const left = errorOf(read('ada', {signal: leaving.signal}));
  await clock.advance(50);
  leaving.abort();
  await left;
  await clock.advance(51);
  const others = Promise.all([read('ada'), read('bob')]);
  await clock.run(others);
  expect(askedAt).toHaveLength(3);
  expect(askedAt[1]! - askedAt[0]!).toBeGreaterThanOrEqual(100 + TOLD_MS);
});

test('nor had anybody waited for a renewal ahead of time: nobody renews ahead until then', async () => {
  const {clock, askedAt, read} = await world(RENEWED_AHEAD);
  expect(await read('ada')).toBe('access-ada');
  await clock.advance(101);
  for (let second = 0; second < 28; second++) {
    expect(await Promise.all([read('ada'), read('bob')])).toEqual(['access-ada', 'access-bob']);
    await clock.advance(1_000);
  }
  expect(askedAt).toEqual([0]);
  await clock.advance(3_000);
  await Promise.all([read('ada'), read('bob')]);
  await clock.advance(200);
  expect(askedAt).toHaveLength(3);
});

test('nor is it lost where the old token is good enough for the call that heard it', async () => {
  const {clock, askedAt, read} = await world(NEARLY_ENDED);
  expect(await clock.run(read('ada'))).toBe('access-ada');
  const refused = await clock.run(errorOf(read('bob', {maxWaitMs: 0})));
  expect(refused).toMatchObject({code: 'PAUSED', retryAt: expect.any(Number)});
  expect(askedAt).toEqual([0]);
});

test('a token endpoint that is only down is asked again: what it did not tell holds nobody back', async () => {
  const clock = manualClock();
  let asked = 0;
  const auth = fakeAuth(async () => {
    if (++asked === 1) throw Object.assign(new Error('down'), {code: 'ECONNREFUSED'});
    return pair('new', clock.now());
  });
  const policy = createPolicy({clock, auth, random: () => 0, maxWaitMs: 0});
  await policy.tokens.save('ada', pair('ada', clock.now(), RENEWED_AHEAD));
  const read = (): Promise<string> =>
    policy.run(async ({accessToken}) => accessToken, {user: 'ada', idempotent: true});
  expect(await read()).toBe('access-ada');
  await clock.advance(RENEWED_AHEAD);
  expect(await read()).toBe('access-new');
  await policy.close();
});
