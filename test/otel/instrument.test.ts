import {metrics, trace, type Tracer} from '@opentelemetry/api';
import {describe, expect, onTestFinished, test} from 'vitest';
import {PolicyError, type Policy} from '../../src/index.ts';
import {instrument, type InstrumentOptions} from '../../src/otel/index.ts';
import {bench, errorOf, playing} from '../engine/support/bench.ts';
import {upstream} from '../engine/support/failures.ts';
import {telemetry} from './support.ts';

const READ = {user: 'ada', operation: 'odometer', idempotent: true};

describe('stopped, it', () => {
  test('makes neither spans nor metrics any more, and observes nothing', async () => {
    const sdk = telemetry();
    const {policy} = bench();
    const stop = instrument(policy, sdk.providers);
    await policy.run(playing(1), READ);
    stop();
    await policy.run(playing(1), READ);
    expect(sdk.spans()).toHaveLength(2);
    expect(await sdk.points('calls')).toEqual({'operation=odometer,outcome=success': 1});
    expect(await sdk.points('gates.closed')).toEqual({});
    stop();
  });

  test('can begin again', async () => {
    const sdk = telemetry();
    const {policy} = bench();
    {
      using _ = instrument(policy, sdk.providers);
    }
    instrument(policy, sdk.providers);
    await policy.run(playing(1), READ);
    expect(sdk.spans()).toHaveLength(2);
  });

  test('lets a call that is under way end its spans', async () => {
    const sdk = telemetry();
    const {policy} = bench();
    const stop = instrument(policy, sdk.providers);
    const call = policy.run(async () => stop(), READ);
    await call;
    expect(sdk.spans()).toHaveLength(2);
  });
});

test('takes a tracer and a meter, or what is set up for the process', async () => {
  const sdk = telemetry();
  const {policy} = bench();
  const stop = instrument(policy, {
    tracer: sdk.providers.tracerProvider.getTracer('mine'),
    meter: sdk.providers.meterProvider.getMeter('mine'),
  });
  await policy.run(playing(1), READ);
  expect(sdk.spans()[0]?.instrumentationScope.name).toBe('mine');
  stop();

  trace.setGlobalTracerProvider(sdk.providers.tracerProvider);
  metrics.setGlobalMeterProvider(sdk.providers.meterProvider);
  onTestFinished(() => {
    trace.disable();
    metrics.disable();
  });
  instrument(policy);
  await policy.run(playing(1), READ);
  expect(sdk.spans().at(-1)?.instrumentationScope.name).toBe('smartcar-policy');
});

test('does nothing in a process without OpenTelemetry', async () => {
  const {policy, clock} = bench();
  instrument(policy);
  expect(await clock.run(policy.run(playing(upstream(), 1), READ))).toBe(1);
});

const boom = (): never => {
  throw new Error('boom');
};

describe('telemetry that throws breaks no call:', () => {
  const half = {setAttribute: boom, setAttributes: boom, setStatus: boom, addEvent: boom, end: boom};
  test.each<[string, InstrumentOptions]>([
    ['a tracer', {tracer: {startSpan: boom} as never as Tracer}],
    ['a span', {tracer: {startSpan: () => half} as never as Tracer}],
    ['attributes', {attributesOf: boom}],
  ])('%s', async (_name, options) => {
    const {policy, clock} = bench();
    instrument(policy, options);
    expect(await clock.run(policy.run(playing(upstream(), 1), READ))).toBe(1);
    const error = new Error('its own');
    expect(await errorOf(policy.run(playing(error), READ))).toBe(error);
  });
});

const said = (policy: unknown, options?: unknown): string => {
  try {
    instrument(policy as Policy, options as InstrumentOptions);
    return 'nothing';
  } catch (error) {
    return PolicyError.is(error) && error.code === 'CONFIGURATION' ? error.message : String(error);
  }
};

describe('refuses', () => {
  test.each<[unknown, unknown, string]>([
    [undefined, {}, 'Expected the policy to be one of createPolicy(…), got undefined.'],
    [{}, {}, 'Expected the policy to be one of createPolicy(…), got an object.'],
    [
      'policy',
      {tracer: {}},
      'Expected `tracer` of instrument() to be a Tracer of OpenTelemetry, got an object.',
    ],
    [
      'policy',
      {tracerProvider: null},
      'Expected `tracerProvider` of instrument() to be a TracerProvider of OpenTelemetry, got null.',
    ],
    [
      'policy',
      {meter: 'm'},
      'Expected `meter` of instrument() to be a Meter of OpenTelemetry, got `m` (string).',
    ],
    [
      'policy',
      {meterProvider: {}},
      'Expected `meterProvider` of instrument() to be a MeterProvider of OpenTelemetry, got an object.',
    ],
    [
      'policy',
      {attributesOf: {}},
      'Expected `attributesOf` of instrument() to be a function (call => attributes), got an object.',
    ],
    [
      'policy',
      {traces: true},
      'Expected the options of instrument() to be only tracer, tracerProvider, meter, meterProvider, attributesOf, got `traces` (string).',
    ],
    ['policy', null, 'Expected the options to be an object, got null.'],
    ['policy', {tracer: undefined}, 'nothing'],
  ])('%o with %o', (policy, options, message) => {
    expect(said(policy === 'policy' ? bench().policy : policy, options)).toBe(message);
  });

  test('a policy that is instrumented already', () => {
    const {policy} = bench();
    instrument(policy);
    expect(said(policy)).toBe(
      'Expected the policy to be one that is not instrumented yet, got `instrumented` (string).',
    );
  });
});
