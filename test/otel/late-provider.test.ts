import {metrics, trace} from '@opentelemetry/api';
import {expect, onTestFinished, test} from 'vitest';
import {instrument} from '../../src/otel/index.ts';
import {bench, errorOf, playing} from '../engine/support/bench.ts';
import {asleep} from '../engine/support/failures.ts';
import {telemetry, type Telemetry} from './support.ts';

const READ = {user: 'ada', vehicle: 'car-17', operation: 'odometer', idempotent: true};

function register({providers}: Telemetry): void {
  metrics.disable();
  trace.setGlobalTracerProvider(providers.tracerProvider);
  metrics.setGlobalMeterProvider(providers.meterProvider);
  onTestFinished(() => {
    trace.disable();
    metrics.disable();
  });
}

test('an SDK that is set up after instrument() gets spans and metrics from the next call on', async () => {
  const sdk = telemetry();
  const {policy} = bench();
  instrument(policy);
  await policy.run(playing(1), READ);
  register(sdk);
  await errorOf(policy.run(playing(asleep()), READ));
  expect(sdk.spans()).toHaveLength(2);
  expect(await sdk.points('calls')).toEqual({
    'needs=nobody,operation=odometer,outcome=fail,reason=wait-too-long': 1,
  });
  expect(await sdk.points('gate.closed')).toMatchObject({'scope=vehicle': 1});
});

test('one that takes the place of another is asked from then on, and the other no more', async () => {
  const [first, second] = [telemetry(), telemetry()];
  const {policy} = bench();
  register(first);
  const stop = instrument(policy);
  await policy.run(playing(1), READ);
  await errorOf(policy.run(playing(asleep()), {...READ, vehicle: 'sleeper'}));
  expect(await first.points('gate.closed')).toMatchObject({'scope=vehicle': 1});
  register(second);
  await policy.run(playing(1), READ);
  expect(await first.points('calls')).toMatchObject({'operation=odometer,outcome=success': 1});
  expect(await first.points('gate.closed')).toMatchObject({'scope=vehicle': 0});
  expect(await second.points('calls')).toEqual({'operation=odometer,outcome=success': 1});
  expect(await second.points('gate.closed')).toMatchObject({'scope=vehicle': 1});
  stop();
  expect(await second.points('gate.closed')).toMatchObject({'scope=vehicle': 0});
});

test('what was given stays, whatever is set up', async () => {
  const [given, global] = [telemetry(), telemetry()];
  const {policy} = bench();
  instrument(policy, given.providers);
  register(global);
  await policy.run(playing(1), READ);
  expect(await given.points('calls')).toEqual({'operation=odometer,outcome=success': 1});
  expect(await global.points('calls')).toEqual({});
});
