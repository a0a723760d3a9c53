import type {MetricData} from '@opentelemetry/sdk-metrics';
import {instrument} from '../../src/otel/index.ts';
import {fakeAuth, pair} from '../engine/support/auth.ts';
import {bench, errorOf, playing} from '../engine/support/bench.ts';
import {asleep, lostLogin, unauthorized, upstream} from '../engine/support/failures.ts';
import {telemetry} from './support.ts';

/** All metrics, after everything that can be measured has happened once. */
export async function everything(): Promise<readonly MetricData[]> {
  const sdk = telemetry();
  const {policy, clock} = bench({
    auth: fakeAuth(async () => pair('new', clock.now())),
    quota: {perVehicle: 5},
  });
  await policy.tokens.save('ada', pair('old', clock.now()));
  instrument(policy, sdk.providers);
  const read = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};
  await clock.run(
    policy.run(playing(upstream(), unauthorized(), asleep(), 1), {...read, maxWaitMs: 3_600_000}),
  );
  await policy.run(playing(1), read);
  await errorOf(policy.run(playing(lostLogin()), read));
  await policy.usage('car');
  await clock.advance(10_000);
  return sdk.metrics();
}
