// Checked by `npm run types`: what must compile, and what must not. Never run.
import {expectTypeOf} from 'vitest';
import {
  explain,
  withPolicy,
  type FailedPart,
  type Part,
  type Parts,
  type Policy,
  type Reason,
} from '../../src/index.ts';

export async function parts(policy: Policy, response: Response, body: unknown): Promise<void> {
  const smartcar = withPolicy(fetch, policy, {user: 'ada'});
  const first = await explain.batch(response);
  expectTypeOf(first).toEqualTypeOf<Parts>();
  await first.again(smartcar, {headers: {'sc-unit-system': 'metric'}, signal: AbortSignal.timeout(1)});
  await first.again(smartcar.with({user: 'grace'}));
  await first.again(policy.fetch({user: 'ada'}), {url: new URL('https://api.smartcar.com/')});
  await first.again(fetch);
  await explain.signals(body, {url: 'https://x', clock: {now: () => 1}, random: () => 0});
  expectTypeOf(first.failed).toEqualTypeOf<readonly FailedPart[]>();
  expectTypeOf(first.retryAt).toEqualTypeOf<number | undefined>();
  // @ts-expect-error -- a policy is not a fetch
  await first.again(policy);
  // @ts-expect-error -- it never waits
  await first.again(smartcar, {wait: true});
  // @ts-expect-error -- a result is only read
  first.ok = true;
}

export function part(one: Part): void {
  switch (one.state) {
    case 'ok':
      expectTypeOf(one.body).toEqualTypeOf<unknown>();
      return;
    case 'unavailable':
      expectTypeOf(one.body).toEqualTypeOf<undefined>();
      return;
    case 'failed':
      expectTypeOf(one.reason).toEqualTypeOf<Reason>();
      expectTypeOf(one.userMessage).toEqualTypeOf<string>();
      return;
    default:
      expectTypeOf(one).toEqualTypeOf<never>();
  }
  // @ts-expect-error -- only a part that failed needs somebody
  expectTypeOf(one.needs);
}
