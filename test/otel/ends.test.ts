import type {Tracer} from '@opentelemetry/api';
import {SpanStatusCode} from '@opentelemetry/api';
import {describe, expect, test} from 'vitest';
import type {CallContext} from '../../src/index.ts';
import {instrument} from '../../src/otel/index.ts';
import {bench, errorOf, playing, type Bench} from '../engine/support/bench.ts';
import {asleep, lostLogin, rateLimited, upstream} from '../engine/support/failures.ts';
import {telemetry} from './support.ts';

const READ = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};
const URL = 'https://api.smartcar.com/v2.0/vehicles/car/odometer';
const never = (): Promise<never> => new Promise(() => undefined);

/** Counts the spans of a tracer that were begun and not ended, and ends that came twice. */
function counted(tracer: Tracer): {readonly tracer: Tracer; readonly open: () => number} {
  let open = 0;
  const startSpan: Tracer['startSpan'] = (...parts) => {
    const span = tracer.startSpan(...parts);
    open += 1;
    const end = span.end.bind(span);
    span.end = (): void => {
      open -= 1;
      end();
    };
    return span;
  };
  return {tracer: {startSpan, startActiveSpan: tracer.startActiveSpan.bind(tracer)}, open: () => open};
}

interface Way {
  readonly name: string;
  /** Leads a call there; resolves when it has ended. */
  readonly go: (world: Bench) => Promise<unknown>;
  /** `error.type` of the call's span. */
  readonly error?: string;
}

const given = async (controller: AbortController, call: Promise<unknown>): Promise<void> => {
  controller.abort();
  await errorOf(call);
};

function abortable(): {readonly controller: AbortController; readonly context: CallContext} {
  const controller = new AbortController();
  return {controller, context: {...READ, signal: controller.signal, maxWaitMs: 3_600_000}};
}

const WAYS: readonly Way[] = [
  {name: 'a success', go: ({policy}) => policy.run(playing(1), READ)},
  {
    name: 'a function that throws at once',
    error: 'unrecognised',
    go: ({policy}) =>
      errorOf(
        policy.run(() => {
          throw new RangeError('at once');
        }, READ),
      ),
  },
  {
    name: 'a function that throws nothing at all',
    error: 'unrecognised',
    go: ({policy}) => errorOf(policy.run(() => Promise.reject(undefined), READ)),
  },
  {
    name: 'a call that was given up before it began',
    error: 'aborted',
    go: ({policy}) => errorOf(policy.run(playing(1), {...READ, signal: AbortSignal.abort()})),
  },
  {
    name: 'a call that is given up on the wire',
    error: 'aborted',
    async go({policy}) {
      const {controller, context} = abortable();
      const call = policy.run(never, context);
      await new Promise(setImmediate);
      await given(controller, call);
    },
  },
  {
    name: 'a call that is given up at a gate',
    error: 'aborted',
    async go({policy, clock}) {
      const {controller, context} = abortable();
      const call = policy.run(playing(asleep()), context);
      await clock.advance(1_000);
      await given(controller, call);
    },
  },
  {
    name: 'a call that is given up between two attempts',
    error: 'aborted',
    async go({policy, clock}) {
      const {controller, context} = abortable();
      const call = policy.run(playing(upstream()), context);
      await clock.advance(10);
      await given(controller, call);
    },
  },
  {
    name: 'a deadline that passes on the wire',
    error: 'past-deadline',
    async go({policy, clock}) {
      const ended = errorOf(policy.run(never, {...READ, deadlineMs: 1_000}));
      await clock.advance(2_000);
      await ended;
    },
  },
  {
    name: 'a deadline that ends before the wait does',
    error: '502',
    go: ({policy, clock}) => errorOf(clock.run(policy.run(playing(upstream()), {...READ, deadlineMs: 500}))),
  },
  {
    name: 'an attempt that takes too long, and no other',
    error: 'outcome-unknown',
    async go({policy, clock}) {
      const ended = errorOf(policy.run(never, {...READ, idempotent: false}));
      await clock.advance(400_000);
      await ended;
    },
  },
  {
    name: 'a policy that is closed while the call waits',
    error: 'closed',
    async go({policy, clock}) {
      const ended = errorOf(policy.run(playing(asleep()), {...READ, maxWaitMs: 3_600_000}));
      await clock.advance(1_000);
      await policy.close();
      await ended;
    },
  },
  {
    name: 'a policy that was closed before',
    error: 'closed',
    async go({policy}) {
      await policy.close();
      await errorOf(policy.run(playing(1), READ));
    },
  },
  {
    name: 'an owner who comes back',
    async go({policy, clock}) {
      const call = policy.run(playing(lostLogin(), 1), {...READ, waitForReauthMs: 60_000});
      await clock.advance(1_000);
      await policy.reauth.resolve('ada');
      await clock.run(call);
    },
  },
  {
    name: 'an owner who does not',
    error: '400',
    async go({policy, clock}) {
      const ended = errorOf(policy.run(playing(lostLogin()), {...READ, waitForReauthMs: 1_000}));
      await clock.advance(5_000);
      await ended;
    },
  },
  {
    name: 'a limit that is told, and then a success',
    go: ({policy, clock}) =>
      clock.run(policy.run(playing(rateLimited('VEHICLE', 10), 1), {...READ, maxWaitMs: 60_000})),
  },
  {
    name: 'readers who share a request and all give it up',
    error: 'aborted',
    async go({policy}) {
      const controllers = [new AbortController(), new AbortController()];
      const calls = controllers.map(({signal}) => policy.fetch({signal})(URL));
      await new Promise(setImmediate);
      for (const controller of controllers) controller.abort();
      await Promise.all(calls.map(errorOf));
      await new Promise(setImmediate);
    },
  },
  {
    name: 'a request that is none',
    error: 'unrecognised',
    go: ({policy}) => errorOf(policy.fetch()(URL, {headers: {authorization: 'Bearer x'}, method: 'TRACE'})),
  },
];

const hung: typeof fetch = (_input, init) =>
  init?.method === 'TRACE' ? Promise.reject(new TypeError("'TRACE' HTTP method is unsupported.")) : never();

describe.each(WAYS)('with $name', ({go, error}) => {
  test('every span ends, once, and the call tells how', async () => {
    const sdk = telemetry();
    const spans = counted(sdk.providers.tracerProvider.getTracer('test'));
    const world = bench({fetch: hung});
    instrument(world.policy, {...sdk.providers, tracer: spans.tracer});
    await go(world);

    expect(spans.open()).toBe(0);
    const call = sdk.spans().at(-1);
    expect(call?.attributes['error.type']).toBe(error);
    expect(call?.attributes['smartcar_policy.outcome']).toBe(error === undefined ? 'success' : 'fail');
    expect(call?.status.code).toBe(error === undefined ? SpanStatusCode.UNSET : SpanStatusCode.ERROR);
    const {policy} = world;
    await policy.close();
    expect(spans.open()).toBe(0);
  });
});
