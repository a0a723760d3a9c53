import {
  context,
  metrics,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type ContextManager,
  type Meter,
  type Tracer,
} from '@opentelemetry/api';
import {AsyncLocalStorageContextManager} from '@opentelemetry/context-async-hooks';
import {describe, expect, onTestFinished, test} from 'vitest';
import {PolicyError, type Policy} from '../../src/index.ts';
import {instrument, type InstrumentOptions} from '../../src/otel/index.ts';
import {bench, errorOf, onTheWire, playing} from '../engine/support/bench.ts';
import {asleep, lostLogin, upstream} from '../engine/support/failures.ts';
import {telemetry} from './support.ts';

const READ = {user: 'ada', operation: 'odometer', idempotent: true};

describe('stopped, it', () => {
  test('makes neither spans nor metrics any more, and tells of no gate that is shut', async () => {
    const sdk = telemetry();
    const {policy} = bench();
    const stop = instrument(policy, sdk.providers);
    await policy.run(playing(1), READ);
    await errorOf(policy.run(playing(asleep()), {...READ, vehicle: 'sleeper'}));
    await errorOf(policy.run(playing(lostLogin()), {...READ, vehicle: 'lost'}));
    expect(await sdk.points('gate.closed')).toMatchObject({'scope=vehicle': 1});
    expect(await sdk.points('episode.open')).toMatchObject({'scope=vehicle': 1});
    const before = sdk.spans().length;
    stop();
    await policy.run(playing(1), READ);
    expect(sdk.spans()).toHaveLength(before);
    expect(await sdk.points('calls')).toMatchObject({'operation=odometer,outcome=success': 1});
    expect(await sdk.points('gate.closed')).toMatchObject({'scope=vehicle': 0});
    expect(await sdk.points('episode.open')).toMatchObject({'scope=vehicle': 0});
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

  test('follows a call that is under way to its end, and none that begins meanwhile', async () => {
    const sdk = telemetry();
    const {policy, clock} = bench();
    const stop = instrument(policy, sdk.providers);
    const wire = onTheWire<number>();
    const call = errorOf(clock.run(policy.run(wire.send, READ)));
    stop();
    await policy.run(playing(1), READ);
    wire.reject(upstream());
    await call;

    const calls = sdk.spans().filter(({kind}) => kind === SpanKind.INTERNAL);
    expect(calls.map(({status}) => status.code)).toEqual([SpanStatusCode.ERROR]);
    expect(calls[0]?.attributes).toMatchObject({
      'error.type': '502',
      'smartcar_policy.outcome': 'fail',
      'smartcar_policy.reason': 'retries-spent',
      'smartcar_policy.attempts': 4,
    });
    expect(await sdk.points('calls')).toEqual({
      'needs=support,operation=odometer,outcome=fail,reason=retries-spent': 1,
    });
    expect(await sdk.points('decisions')).toMatchObject({'action=fail,reason=retries-spent': 1});
  });

  test('and begun again, two do not count the same call', async () => {
    const sdk = telemetry();
    const {policy} = bench();
    const stop = instrument(policy, sdk.providers);
    const wire = onTheWire<number>();
    const call = policy.run(wire.send, READ);
    stop();
    instrument(policy, sdk.providers);
    wire.resolve(1);
    await call;
    await policy.run(playing(1), READ);
    expect(await sdk.points('calls')).toEqual({'operation=odometer,outcome=success': 2});
    expect(await sdk.points('attempts')).toEqual({'operation=odometer,outcome=success': 2});
    expect(sdk.spans()).toHaveLength(4);
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

/** A meter that measures nothing. */
const noMeter = (): object => ({
  createCounter: () => ({add() {}}),
  createHistogram: () => ({record() {}}),
  createObservableGauge: () => ({}),
  addBatchObservableCallback() {},
});

test('a meter that cannot be used says so, and leaves a policy that can be instrumented with another', async () => {
  const {policy} = bench();
  const broken = {...noMeter(), createObservableGauge: boom} as never as Meter;
  expect(() => instrument(policy, {meter: broken})).toThrow('boom');
  const sdk = telemetry();
  instrument(policy, sdk.providers);
  await policy.run(playing(1), READ);
  expect(await sdk.points('calls')).toEqual({'operation=odometer,outcome=success': 1});
});

describe('a context manager that fails', () => {
  const managers: readonly [string, object][] = [
    ['before the call', {with: boom}],
    ['after it', {with: (_: unknown, work: () => unknown) => (work(), boom())}],
  ];
  test.each(managers)('%s is done without, and the call is made once', async (_name, broken) => {
    const manager = {active: () => ROOT_CONTEXT, disable() {}, ...broken};
    context.disable();
    context.setGlobalContextManager(manager as never as ContextManager);
    onTestFinished(() => {
      context.disable();
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    });
    const {policy} = bench();
    instrument(policy);
    const call = playing(1);
    expect(await policy.run(call, READ)).toBe(1);
    expect(call.sent).toBe(1);
    const error = new Error('its own');
    expect(await errorOf(policy.run(playing(error), READ))).toBe(error);
  });
});

describe('telemetry that throws breaks no call:', () => {
  const half = {setAttribute: boom, setAttributes: boom, setStatus: boom, addEvent: boom, end: boom};
  test.each<[string, InstrumentOptions]>([
    ['a tracer', {tracer: {startSpan: boom} as never as Tracer}],
    ['a span', {tracer: {startSpan: () => half} as never as Tracer}],
    ['attributes', {attributesOf: boom}],
    ['attributes that come later and do not', {attributesOf: (async () => boom()) as never}],
    ['an instrument', {meter: {...noMeter(), createCounter: () => ({add: boom})} as never as Meter}],
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
