import {context, SpanKind, SpanStatusCode, trace, type Attributes} from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  SamplingDecision,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import {describe, expect, test} from 'vitest';
import {PolicyError} from '../../src/index.ts';
import {instrument} from '../../src/otel/index.ts';
import {fakeAuth, invalidGrant, pair} from '../engine/support/auth.ts';
import {bench, errorOf, playing} from '../engine/support/bench.ts';
import {asleep, dropped, lostLogin, unauthorized, upstream} from '../engine/support/failures.ts';
import {doors, open} from '../doors/harness.ts';
import {eventsOf, telemetry, treesOf} from './support.ts';

const READ = {user: 'ada', vehicle: 'car-17', operation: 'odometer', idempotent: true};

describe.each(doors)('a call through $name', door => {
  test('has a span, and one below it for each attempt, which is active while the request is sent', async () => {
    const sdk = telemetry();
    const tracer = sdk.providers.tracerProvider.getTracer('test');
    const http: typeof fetch = async (input, init) => {
      const span = tracer.startSpan('the request');
      const response = await fetch(input, init);
      span.end();
      return response;
    };
    const world = await open('v2', {fetch: http});
    instrument(world.policy, sdk.providers);
    const {vehicle} = world;
    world.simulator.next({path: '/odometer'}, {error: 'UPSTREAM:NO_RESPONSE'});
    const caller = tracer.startSpan('the caller');
    const ended = await context.with(trace.setSpan(context.active(), caller), () =>
      door.call({...world, smartcar: world.policy.fetch({user: 'ada'}) as never}, {path: world.readPath}),
    );
    caller.end();
    expect(ended.status).toBe(200);

    const name = door.name === 'run' ? 'GET /vehicles/{id}/odometer' : 'GET /v2.0/vehicles/{id}/odometer';
    const request = door.name === 'run' ? [] : [{name: 'the request', below: []}];
    expect(treesOf(sdk.spans())).toEqual([
      {
        name: 'the caller',
        below: [
          {
            name,
            below: [
              {name, below: request},
              {name, below: request},
            ],
          },
        ],
      },
    ]);
    const [first, second] = sdk.spans().filter(({kind}) => kind === SpanKind.CLIENT);
    expect(first?.status.code).toBe(SpanStatusCode.ERROR);
    expect(first?.attributes).toMatchObject({
      'http.response.status_code': 502,
      'error.type': '502',
      'smartcar_policy.failure': 'UPSTREAM:NO_RESPONSE',
    });
    expect(first?.attributes).not.toHaveProperty('http.request.resend_count');
    expect(second?.status.code).toBe(SpanStatusCode.UNSET);
    expect(second?.attributes).toMatchObject({'http.request.resend_count': 1});
    if (door.name === 'run') return;
    const {port} = new URL(world.simulator.origin);
    expect(second?.attributes).toEqual({
      'smartcar_policy.operation': 'GET /vehicles/{id}/odometer',
      'http.request.method': 'GET',
      'http.request.resend_count': 1,
      'http.response.status_code': 200,
      'url.full': `${world.simulator.origin}/v2.0/vehicles/${vehicle}/odometer`,
      'url.template': '/v2.0/vehicles/{id}/odometer',
      'server.address': new URL(world.simulator.origin).hostname,
      'server.port': Number(port),
    });
  });
});

describe('the span of a call', () => {
  test('tells how it went, and what was decided and waited for on the way', async () => {
    const sdk = telemetry();
    const {policy, clock} = bench();
    instrument(policy, sdk.providers);
    await clock.run(policy.run(playing(upstream(), 1), READ));
    const [call] = sdk.spans().filter(({kind}) => kind === SpanKind.INTERNAL);

    expect(call?.name).toBe('odometer');
    expect(call?.attributes).toEqual({
      'smartcar_policy.operation': 'odometer',
      'smartcar_policy.command': false,
      'smartcar_policy.outcome': 'success',
      'smartcar_policy.attempts': 2,
      'smartcar_policy.waited': 1,
    });
    expect(call && eventsOf(call)).toEqual([
      [
        'decision',
        {
          'smartcar_policy.attempt': 1,
          'smartcar_policy.action': 'retry',
          'smartcar_policy.reason': 'server-says-retry',
          'smartcar_policy.needs': 'nobody',
          'smartcar_policy.failure': 'UPSTREAM:NO_RESPONSE',
          'http.response.status_code': 502,
          'smartcar_policy.delay': 1,
        },
      ],
      ['wait', {'smartcar_policy.wait.for': 'backoff', 'smartcar_policy.wait.duration': 1}],
    ]);
  });

  test('names the kind of the gate that it waited for, and not whose it is', async () => {
    const sdk = telemetry();
    const {policy, clock} = bench();
    instrument(policy, sdk.providers);
    await clock.run(policy.run(playing(asleep(), 1), {...READ, maxWaitMs: 3_600_000}));
    const [call] = sdk.spans().filter(({kind}) => kind === SpanKind.INTERNAL);
    expect(call && eventsOf(call).filter(([name]) => name === 'wait')).toEqual([
      [
        'wait',
        {
          'smartcar_policy.wait.for': 'gate',
          'smartcar_policy.scope': 'vehicle',
          'smartcar_policy.wait.duration': expect.closeTo(63, 1),
        },
      ],
    ]);
  });

  test('is an error where the call failed, with the reason in words and no message of any error', async () => {
    const sdk = telemetry();
    const {policy, clock} = bench();
    instrument(policy, sdk.providers);
    const secret = Object.assign(upstream(), {message: 'canary4711'});
    await errorOf(clock.run(policy.run(playing(secret), READ)));
    const [call] = sdk.spans().filter(({kind}) => kind === SpanKind.INTERNAL);

    expect(call?.status).toEqual({
      code: SpanStatusCode.ERROR,
      message: 'It was repeated as often as `backoff` allows.',
    });
    expect(call?.attributes).toMatchObject({
      'error.type': '502',
      'http.response.status_code': 502,
      'smartcar_policy.outcome': 'fail',
      'smartcar_policy.action': 'fail',
      'smartcar_policy.reason': 'retries-spent',
      'smartcar_policy.needs': 'support',
      'smartcar_policy.attempts': 4,
    });
    expect(
      JSON.stringify(sdk.spans().map(({attributes, events, status}) => [attributes, events, status])),
    ).not.toMatch(/canary4711|ada/);
  });

  test('of a call that waits in vain tells when it makes sense again', async () => {
    const sdk = telemetry();
    const {policy, clock} = bench();
    instrument(policy, sdk.providers);
    await errorOf(policy.run(playing(asleep()), READ));
    const [call] = sdk.spans().filter(({kind}) => kind === SpanKind.INTERNAL);
    expect(call?.attributes['smartcar_policy.reason']).toBe('wait-too-long');
    expect(call?.attributes['smartcar_policy.retry_at']).toBeCloseTo(clock.now() / 1_000 + 63, 1);
  });

  test('of a refused call has none below it', async () => {
    const sdk = telemetry();
    const {policy} = bench();
    instrument(policy, sdk.providers);
    await errorOf(policy.run(playing(lostLogin()), READ));
    await errorOf(policy.run(playing(1), READ));
    const parked = sdk.spans().at(-1);
    expect(parked?.kind).toBe(SpanKind.INTERNAL);
    expect(parked?.attributes).toMatchObject({'error.type': 'parked', 'smartcar_policy.attempts': 0});
    expect(sdk.spans().filter(({kind}) => kind === SpanKind.CLIENT)).toHaveLength(1);
  });

  test('of one that its caller gives up ends with it, and so does its attempt', async () => {
    const sdk = telemetry();
    const {policy} = bench();
    instrument(policy, sdk.providers);
    const controller = new AbortController();
    const call = policy.run(() => new Promise(() => undefined), {...READ, signal: controller.signal});
    await new Promise(resolve => setImmediate(resolve));
    controller.abort();
    await errorOf(call);
    expect(sdk.spans().map(({kind, attributes}) => [kind, attributes['error.type']])).toEqual([
      [SpanKind.CLIENT, 'AbortError'],
      [SpanKind.INTERNAL, 'aborted'],
    ]);
  });

  test('ends where the store throws, which no event tells', async () => {
    const sdk = telemetry();
    const {policy} = bench({
      auth: fakeAuth(async () => pair('a', 0)),
      store: {
        get: () => Promise.reject(new RangeError('broken')),
        put: async () => 'x',
        delete: async () => undefined,
        acquire: () => Promise.reject(new RangeError('broken')),
        close: async () => undefined,
      },
    });
    instrument(policy, sdk.providers);
    expect(PolicyError.is(await errorOf(policy.run(playing(1), READ)))).toBe(true);
    expect(sdk.spans().at(-1)?.status.code).toBe(SpanStatusCode.ERROR);
  });

  test('of a lost connection tells the code', async () => {
    const sdk = telemetry();
    const {policy, clock} = bench();
    instrument(policy, sdk.providers);
    await clock.run(policy.run(playing(dropped(), 1), READ));
    const [attempt] = sdk.spans().filter(({kind}) => kind === SpanKind.CLIENT);
    expect(attempt?.attributes['error.type']).toBe('UND_ERR_SOCKET');
  });
});

test('a renewal of the token has a span of its own below the call that caused it, active while it is sent', async () => {
  const sdk = telemetry();
  const tracer = sdk.providers.tracerProvider.getTracer('test');
  const {policy, clock} = bench({
    auth: fakeAuth(async () => {
      tracer.startSpan('the token request').end();
      return pair('new', clock.now());
    }),
  });
  await policy.tokens.save('ada', pair('old', clock.now()));
  instrument(policy, sdk.providers);
  await clock.run(policy.run(playing(unauthorized(), 1), READ));

  const refresh = {name: 'smartcar_policy.refresh', below: [{name: 'the token request', below: []}]};
  const attempt = {name: 'odometer', below: []};
  expect(treesOf(sdk.spans())).toEqual([{name: 'odometer', below: [attempt, refresh, attempt]}]);
  expect(sdk.span('smartcar_policy.refresh').attributes).toEqual({'smartcar_policy.outcome': 'renewed'});
});

test('a renewal that fails is an error', async () => {
  const sdk = telemetry();
  const {policy, clock} = bench({auth: fakeAuth(() => Promise.reject(new Error('canary4711')))});
  await policy.tokens.save('ada', pair('old', clock.now(), 0));
  instrument(policy, sdk.providers);
  await errorOf(clock.run(policy.run(playing(1), READ)));
  const refresh = sdk.spans().find(({name}) => name === 'smartcar_policy.refresh');
  expect(refresh?.status).toEqual({code: SpanStatusCode.ERROR});
  expect(refresh?.attributes).toEqual({'smartcar_policy.outcome': 'failed', 'error.type': 'failed'});
});

test('a renewal that somebody else has made good meanwhile is no error', async () => {
  const sdk = telemetry();
  const {policy, clock} = bench({
    auth: fakeAuth(async () => {
      await policy.tokens.save('ada', pair('from Connect', clock.now()));
      throw invalidGrant();
    }),
  });
  await policy.tokens.save('ada', pair('old', clock.now()));
  instrument(policy, sdk.providers);
  expect(await clock.run(policy.run(playing(unauthorized(), 1), READ))).toBe(1);
  const refresh = sdk.span('smartcar_policy.refresh');
  expect(refresh.attributes).toEqual({'smartcar_policy.outcome': 'reused'});
  expect(refresh.status.code).toBe(SpanStatusCode.UNSET);
});

test('no span holds what a request carried, also where the server repeats it', async () => {
  const canary = 'canary4711secretvalue';
  const said = `no ${canary}`;
  const body = {statusCode: 400, type: `T${canary}`, code: canary, description: said, detail: [said]};
  const sdk = telemetry();
  const {policy, clock} = bench({
    fetch: async () => Response.json(body, {status: 400}),
    auth: fakeAuth(async () => pair('new', 0)),
  });
  instrument(policy, sdk.providers);
  const url = 'https://api.smartcar.com/v2.0/vehicles/car/security';
  const init = {method: 'POST', body: JSON.stringify({pin: canary})};
  await policy.fetch()(`${url}?pin=${canary}`, {...init, headers: {authorization: `Bearer ${canary}`}});
  await policy.tokens.save('ada', {...pair('', clock.now()), accessToken: canary});
  await policy.fetch({user: 'ada'})(url);
  const told = sdk.spans().map(({name, attributes, events, status}) => ({name, attributes, events, status}));
  expect(told).toHaveLength(4);
  expect(JSON.stringify(told)).not.toContain(canary);
});

describe('the URL of a span', () => {
  test.each([
    [
      'https://api.smartcar.com/v2.0/vehicles/c?access_token=canary4711&limit=3',
      '?access_token=REDACTED&limit=REDACTED',
    ],
    ['https://api.smartcar.com/v2.0/vehicles/c#canary4711', ''],
    // What stands where a name should may be the secret itself.
    ['https://api.smartcar.com/v2.0/vehicles/c?canary4711&limit=3', '?REDACTED&limit=REDACTED'],
    ['https://api.smartcar.com/v2.0/vehicles/c?canary', '?REDACTED'],
    ['https://api.smartcar.com/v2.0/vehicles/c?4a5f-canary4711=1&a%20canary4711=2', '?REDACTED'],
    ['https://api.smartcar.com/v2.0/vehicles/c?limit=1&limit=canary4711', '?limit=REDACTED'],
  ])('of %s has no value of a query', async (url, rest) => {
    const sdk = telemetry();
    const {policy} = bench({fetch: async () => Response.json({})});
    instrument(policy, sdk.providers);
    await policy.fetch()(url);
    const [attempt, call] = sdk.spans();
    expect(attempt?.attributes).toMatchObject({
      'url.full': `https://api.smartcar.com/v2.0/vehicles/c${rest}`,
      'server.address': 'api.smartcar.com',
      'server.port': 443,
    });
    expect(call?.attributes).not.toHaveProperty('url.full');
  });

  test('of an address of version 6 names the server without brackets', async () => {
    const sdk = telemetry();
    const origin = 'http://[::1]:4010';
    const {policy} = bench({fetch: async () => Response.json({}), origins: {api: origin}});
    instrument(policy, sdk.providers);
    await policy.fetch()(`${origin}/v2.0/vehicles/c`);
    expect(sdk.spans()[0]?.attributes).toMatchObject({
      'url.full': `${origin}/v2.0/vehicles/c`,
      'server.address': '::1',
      'server.port': 4010,
    });
  });

  test('and a method that nobody knows keep the names of spans few', async () => {
    const sdk = telemetry();
    const {policy} = bench({fetch: async () => Response.json({})});
    instrument(policy, sdk.providers);
    await policy.fetch()('https://api.smartcar.com/v3/vehicles/c/charge-schedules/9b1f77', {method: 'PURGE'});
    expect(sdk.spans()[0]?.name).toBe('HTTP /v3/vehicles/{id}/charge-schedules/{id}');
    expect(sdk.spans()[0]?.attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'PURGE',
      'smartcar_policy.operation': 'PURGE /vehicles/{id}/charge-schedules/{id}',
    });
  });
});

describe('reads that share a request', () => {
  const URL = 'https://api.smartcar.com/v2.0/vehicles/c/odometer';

  test('have a span each, below its own caller, and those who came later link to the first', async () => {
    const sdk = telemetry();
    const tracer = sdk.providers.tracerProvider.getTracer('test');
    const {policy} = bench({fetch: async () => Response.json({})});
    instrument(policy, {...sdk.providers, attributesOf: ({vehicle}) => ({car: `${vehicle}`})});
    const smartcar = policy.fetch();
    const read = async (name: string): Promise<void> => {
      const caller = tracer.startSpan(name);
      await context.with(trace.setSpan(context.active(), caller), () => smartcar(URL));
      caller.end();
    };
    await Promise.all(['ada', 'bob', 'eve'].map(read));

    const name = 'GET /v2.0/vehicles/{id}/odometer';
    expect(treesOf(sdk.spans())).toEqual([
      {name: 'ada', below: [{name, below: [{name, below: []}]}]},
      {name: 'bob', below: [{name, below: []}]},
      {name: 'eve', below: [{name, below: []}]},
    ]);
    const [attempt] = sdk.spans().filter(({kind}) => kind === SpanKind.CLIENT);
    const riders = sdk.spans().filter(({attributes}) => attributes['smartcar_policy.shared'] === true);
    for (const {links, attributes} of riders) {
      expect(links.map(link => link.context.spanId)).toEqual([attempt?.parentSpanContext?.spanId]);
      expect(attributes).toMatchObject({car: 'c', 'http.response.status_code': 200});
    }
    expect(riders).toHaveLength(2);
    expect(await sdk.points('calls')).toEqual({'operation=GET /vehicles/{id}/odometer,outcome=success': 1});
  });

  test('end as errors where the request fails, or where their own caller gives it up', async () => {
    const sdk = telemetry();
    const {policy} = bench({
      fetch: async () => Response.json({statusCode: 400, type: 'VALIDATION'}, {status: 400}),
    });
    instrument(policy, sdk.providers);
    const smartcar = policy.fetch();
    const controller = new AbortController();
    const reads = [smartcar(URL), smartcar(URL), smartcar(URL, {policy: {signal: controller.signal}})];
    const given = errorOf(reads[2]!);
    controller.abort();
    await given;
    await Promise.all(reads.slice(0, 2));
    await new Promise(setImmediate);

    const riders = sdk.spans().filter(({attributes}) => attributes['smartcar_policy.shared'] === true);
    expect(riders.map(({attributes, status}) => [attributes['error.type'], status.code])).toEqual([
      ['AbortError', SpanStatusCode.ERROR],
      ['400', SpanStatusCode.ERROR],
    ]);
  });
});

test('a name of yours that holds a path is shown without the ids in it', async () => {
  const sdk = telemetry();
  const {policy} = bench();
  instrument(policy, sdk.providers);
  await policy.run(playing(1), {operation: 'GET /vehicles/36ab27d0-fd9d/odometer', idempotent: true});
  expect(sdk.spans().map(({name}) => name)).toEqual(Array(2).fill('GET /vehicles/{id}/odometer'));
});

test('attributes of your own are there when a sampler decides', async () => {
  const seen: Attributes[] = [];
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({exporter})],
    sampler: {
      shouldSample(_context, _trace, _name, _kind, attributes) {
        seen.push(attributes);
        return {decision: SamplingDecision.NOT_RECORD};
      },
    },
  });
  const {policy} = bench();
  instrument(policy, {tracerProvider: provider, attributesOf: ({user}) => ({'app.user': `${user}`})});
  expect(await policy.run(playing(1), READ)).toBe(1);
  expect(seen[0]).toMatchObject({'app.user': 'ada', 'smartcar_policy.operation': 'odometer'});
  expect(exporter.getFinishedSpans()).toEqual([]);
});

test('attributes of your own stand on the span of the call', async () => {
  const sdk = telemetry();
  const {policy} = bench();
  instrument(policy, {
    ...sdk.providers,
    attributesOf: ({user, vehicle}) => ({'app.user': `${user}`, car: `${vehicle}`}),
  });
  await policy.run(playing(1), READ);
  expect(sdk.spans()[1]?.attributes).toMatchObject({'app.user': 'ada', car: 'car-17'});
  expect(sdk.spans()[0]?.attributes).not.toHaveProperty('app.user');
});
