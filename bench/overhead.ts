import {subscribe, unsubscribe} from 'node:diagnostics_channel';
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
import {instrument} from 'smartcar-policy/otel';
import {added, interleaved, perCall} from './measure.ts';
import {rowOf, type Row} from './row.ts';

const CALLS = 20_000;

/** What a call that succeeds says on its way. */
const SAID = ['smartcar-policy:attempt', 'smartcar-policy:success'];

const hear = (): void => undefined;

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
  const round = perCall(() => policy.run(noop, context), CALLS);
  const [bare, theirRetry, ours, heard, traced, theirs] = await interleaved(
    [
      {name: 'the call alone', round: perCall(noop, CALLS)},
      {name: 'p-retry 9', round: perCall(() => pRetry(noop), CALLS)},
      {name: 'smartcar-policy: policy.run', round},
      {name: 'the same, with a subscriber of its channels', round: withSubscriber(round)},
      {
        name: 'the same, instrumented, in a process without OpenTelemetry',
        async round() {
          const stop = instrument(policy);
          return round().finally(stop);
        },
      },
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
    rowOf(added(heard, bare), {...facts, against: added(ours, bare)}),
    rowOf(added(traced, bare), {...facts, against: added(ours, bare)}),
    rowOf(against, facts),
  ];
}

/** Channels are the whole process's: nobody else's round may be heard. */
function withSubscriber(round: () => Promise<number>): () => Promise<number> {
  return async () => {
    for (const channel of SAID) subscribe(channel, hear);
    return round().finally(() => SAID.forEach(channel => unsubscribe(channel, hear)));
  };
}
