import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import pRetry from 'p-retry';
import {createPolicy, userTokens} from 'smartcar-policy';
import {added, interleaved, perCall} from './measure.ts';
import {rowOf, type Row} from './row.ts';

const CALLS = 20_000;

const noop = async (): Promise<number> => 1;

/** What each wrapper adds to a call that does nothing and succeeds. Goal: at most half of what cockatiel's adds. */
export async function overhead(): Promise<readonly Row[]> {
  const policy = createPolicy({auth: userTokens({clientId: 'id', clientSecret: 'secret'})});
  await policy.tokens.save('ada', {
    accessToken: 'token',
    refreshToken: 'other',
    accessExpiresAt: Date.now() + 7_200_000,
  });
  const context = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};
  const cockatiel = wrap(
    retry(handleAll, {maxAttempts: 3, backoff: new ExponentialBackoff()}),
    circuitBreaker(handleAll, {halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5)}),
    bulkhead(10, 10),
    timeout(310_000, TimeoutStrategy.Aggressive),
  );
  const [bare, theirRetry, ours, theirs] = await interleaved(
    [
      {name: 'the call alone', round: perCall(noop, CALLS)},
      {name: 'p-retry 9', round: perCall(() => pRetry(noop), CALLS)},
      {name: 'smartcar-policy: policy.run', round: perCall(() => policy.run(noop, context), CALLS)},
      {
        name: 'cockatiel 4: retry, breaker, bulkhead, timeout',
        round: perCall(() => cockatiel.execute(noop), CALLS),
      },
    ],
    15,
    3,
  );
  await policy.close();
  const against = added(theirs, bare);
  const facts = {group: 'overhead', unit: 'µs added'};
  return [
    rowOf(bare, {...facts, unit: 'µs'}),
    rowOf(added(theirRetry, bare), {...facts, against}),
    rowOf(added(ours, bare), {...facts, against, goal: {of: 'ratio', atMost: 0.5}}),
    rowOf(against, facts),
  ];
}
