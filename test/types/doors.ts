// Checked by `npm run types`: what must compile, and what must not. Never run.
import ky from 'ky';
import {expectTypeOf} from 'vitest';
import {
  createPolicy,
  explain,
  withPolicy,
  type CallContext,
  type Decision,
  type Explanation,
  type Policy,
  type PolicyError,
  type Tokens,
} from '../../src/index.ts';

export async function fetchDoor(policy: Policy): Promise<void> {
  const smartcar = withPolicy(fetch, policy);
  const asFetch: typeof fetch = smartcar;
  const bound: typeof fetch = policy.fetch({user: 'ada'});
  expectTypeOf<Awaited<ReturnType<typeof smartcar>>>().toEqualTypeOf<Response>();
  await smartcar('https://api.smartcar.com/', {method: 'POST', policy: {user: 'ada', idempotent: true}});
  await smartcar(new URL('https://api.smartcar.com/'));
  await smartcar.with({user: 'grace'}).with({priority: 1})(new Request('https://api.smartcar.com/'));
  ky.create({fetch: smartcar});
  await asFetch('x');
  await bound('x');
  // @ts-expect-error -- no such member of the context
  await smartcar('x', {policy: {usr: 'ada'}});
  // @ts-expect-error -- a policy is not a function
  withPolicy(policy, fetch);
  // @ts-expect-error -- a property that is only read
  smartcar.policy = policy;
  withPolicy(fetch, {maxWaitMs: 1}, {coalesce: false, settle: false});
}

export async function runDoor(policy: Policy): Promise<void> {
  const reading = await policy.run(async ({accessToken, headers, signal, attempt}) => {
    expectTypeOf(accessToken).toEqualTypeOf<string>();
    expectTypeOf(headers).toEqualTypeOf<Record<string, string>>();
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf(attempt).toEqualTypeOf<number>();
    return {distance: attempt};
  });
  expectTypeOf(reading).toEqualTypeOf<{distance: number}>();
  const plain = await policy.run(() => 'no promise', {user: 'ada', vehicle: 'car-1'});
  expectTypeOf(plain).toEqualTypeOf<string>();
  // @ts-expect-error -- not a function
  await policy.run('odometer', {user: 'ada'});
}

export async function kyDoor(policy: Policy): Promise<void> {
  const http = policy.ky({user: 'ada'});
  const body = await http.get('x', {policy: {priority: 9}}).json<{distance: number}>();
  expectTypeOf(body).toEqualTypeOf<{distance: number}>();
  await http('x', {method: 'post', json: {}, policy: {idempotent: true}});
  await http.extend({prefix: 'https://api.smartcar.com', policy: {user: 'grace'}}).get('x', {policy: {}});
  await http.extend(parent => ({...parent, timeout: 1})).delete('x', {policy: {user: 'ada'}});
  // @ts-expect-error -- no such member of the context
  await http.post('x', {policy: {usr: 'ada'}});
}

export function context(given: CallContext): void {
  const frozen: CallContext = Object.freeze({user: 'ada', signal: AbortSignal.timeout(1)});
  createPolicy(Object.freeze({backoff: Object.freeze({UPSTREAM: false})}));
  createPolicy().fetch(frozen);
  // @ts-expect-error -- a context is only read
  given.user = 'grace';
  // @ts-expect-error -- a vehicle is a text
  createPolicy().fetch({vehicle: 42});
  // What may be missing may be undefined: variables of the caller's own often are.
  createPolicy().fetch({user: undefined});
  // @ts-expect-error -- no such option
  createPolicy({retries: 3});
  // @ts-expect-error -- no such mode
  createPolicy({connect: {mode: 'production'}});
}

export async function events(policy: Policy): Promise<void> {
  policy
    .on('reauth', ({user, vehicle, scope, connectUrl, userMessage, episode}) => {
      expectTypeOf(user).toEqualTypeOf<string>();
      expectTypeOf(vehicle).toEqualTypeOf<string | undefined>();
      expectTypeOf(scope).toEqualTypeOf<'permission' | 'vehicle' | 'user'>();
      expectTypeOf(connectUrl).toEqualTypeOf<string | undefined>();
      expectTypeOf(userMessage).toEqualTypeOf<string>();
      expectTypeOf(episode).toEqualTypeOf<string>();
    })
    .once('defer', ({retryAt}) => {
      expectTypeOf(retryAt).toEqualTypeOf<number>();
    })
    .on('decision', ({action}) => {
      switch (action) {
        case 'retry':
        case 'refresh':
        case 'reauthenticate':
        case 'fail':
          return;
        default:
          expectTypeOf(action).toEqualTypeOf<never>();
      }
    });
  // @ts-expect-error -- no such event
  policy.on('reauthenticate', () => undefined);
  // @ts-expect-error -- an event has no token
  policy.on('attempt', ({accessToken}) => accessToken);
}

export async function answers(policy: Policy, error: unknown): Promise<void> {
  expectTypeOf<ReturnType<typeof explain>>().toEqualTypeOf<Explanation | undefined>();
  const ofResponse = policy.decide(new Response());
  expectTypeOf(ofResponse).toEqualTypeOf<Promise<Decision>>();
  const ofAnything = policy.decide(error, {
    status: 429,
    headers: {'retry-after': 3},
    request: {method: 'POST'},
  });
  expectTypeOf(ofAnything).toEqualTypeOf<Decision | Promise<Decision>>();
  const code: PolicyError['code'] = 'PAUSED';
  // @ts-expect-error -- a closed set
  const unknownCode: PolicyError['code'] = 'TIRED';
  const tokens: Tokens = {accessToken: code, accessExpiresAt: 0};
  await policy.tokens.save(unknownCode, tokens);
  // @ts-expect-error -- an expiry is missing
  await policy.tokens.save('ada', {accessToken: 'a'});
}
