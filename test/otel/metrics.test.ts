import {describe, expect, test} from 'vitest';
import {REASONS} from '../../src/core/reasons.ts';
import {instrument} from '../../src/otel/index.ts';
import {fakeAuth, pair} from '../engine/support/auth.ts';
import {bench, errorOf, onTheWire, playing} from '../engine/support/bench.ts';
import {
  asleep,
  lostLogin,
  rateLimited,
  sdkError,
  unauthorized,
  upstream,
} from '../engine/support/failures.ts';
import {telemetry} from './support.ts';

const READ = {user: 'ada', vehicle: 'car-17', operation: 'odometer', idempotent: true};

test('calls, attempts and decisions are counted, and how long calls took', async () => {
  const sdk = telemetry();
  const {policy, clock} = bench();
  instrument(policy, sdk.providers);
  await clock.run(policy.run(playing(upstream(), 1), READ));
  await policy.run(playing(1), READ);
  await errorOf(policy.run(playing(sdkError(400, 'VALIDATION', null)), READ));

  expect(await sdk.points('calls')).toEqual({
    'operation=odometer,outcome=success': 2,
    'needs=developer,operation=odometer,outcome=fail,reason=request-invalid': 1,
  });
  expect(await sdk.points('attempts')).toEqual({
    'operation=odometer,outcome=success': 2,
    'error.type=502,operation=odometer,outcome=fail': 1,
    'error.type=400,operation=odometer,outcome=fail': 1,
  });
  expect(await sdk.points('decisions')).toEqual({
    'action=retry,reason=server-says-retry': 1,
    'action=fail,reason=request-invalid': 1,
  });
  expect(await sdk.points('call.duration')).toEqual({
    'operation=odometer,outcome=success': 2,
    'operation=odometer,outcome=fail': 1,
  });
  const all = await sdk.metrics();
  const took = all.find(({descriptor}) => descriptor.name === 'smartcar_policy.call.duration');
  expect(took?.dataPoints[0]?.value).toMatchObject({sum: 1});
  expect(took?.descriptor.unit).toBe('s');
  // Seconds, also where the wait is an hour; and no boundary of the default, which is made for milliseconds.
  expect(took?.dataPoints[0]?.value).toMatchObject({
    buckets: {boundaries: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3_600]},
  });
});

test('waits are told apart by what was waited for', async () => {
  const sdk = telemetry();
  const {policy, clock} = bench({auth: fakeAuth(async () => pair('new', clock.now()))});
  await policy.tokens.save('ada', pair('old', clock.now()));
  instrument(policy, sdk.providers);
  await clock.run(
    policy.run(playing(upstream(), unauthorized(), asleep(), 1), {...READ, maxWaitMs: 3_600_000}),
  );
  const back = policy.run(playing(lostLogin(), 1), {...READ, waitForReauthMs: 60_000});
  await clock.advance(1_000);
  await policy.reauth.resolve('ada');
  await clock.run(back);

  expect(await sdk.points('wait.duration')).toMatchObject({
    'wait.for=backoff': 1,
    'wait.for=token': 1,
    'wait.for=gate': 1,
    'wait.for=owner': 1,
  });
  expect(await sdk.points('refreshes')).toEqual({'outcome=renewed': 1});
});

describe('what is so now is asked for in each collection:', () => {
  test('gates, those who wait for them, and the budget', async () => {
    const sdk = telemetry();
    const {policy, clock} = bench();
    instrument(policy, sdk.providers);
    expect(await sdk.points('gate.closed')).toEqual(
      Object.fromEntries(
        ['application', 'user', 'vehicle', 'permission', 'commands', 'make', 'token'].map(kind => [
          `scope=${kind}`,
          0,
        ]),
      ),
    );
    expect(await sdk.points('budget.left')).toEqual({'': 10});
    await errorOf(policy.run(playing(asleep()), READ));
    await errorOf(policy.run(playing(asleep()), {...READ, vehicle: 'another'}));
    const patient = policy.run(playing(1), {...READ, maxWaitMs: 3_600_000});
    await clock.advance(1_000);
    expect(await sdk.points('gate.closed')).toMatchObject({'scope=vehicle': 2, 'scope=application': 0});
    expect(await sdk.points('call.waiting')).toMatchObject({'scope=vehicle': 1, 'scope=application': 0});
    await clock.run(patient);
    expect(await sdk.points('call.waiting')).toMatchObject({'scope=vehicle': 0});
  });

  test('no quota where there is none, and of several policies the fullest', async () => {
    const sdk = telemetry();
    instrument(bench().policy, sdk.providers);
    expect(await sdk.points('quota.utilization')).toEqual({});
    for (const calls of [2, 4, 5]) {
      const {policy} = bench({quota: {perVehicle: 5}});
      instrument(policy, sdk.providers);
      for (let call = 0; call < calls; call++) await policy.run(playing(1), READ);
      await policy.usage('car-17');
    }
    expect(await sdk.points('quota.utilization')).toEqual({'': 1});
    expect(await sdk.points('quota.near')).toEqual({'': 2});
  });

  test('no budget where there is none', async () => {
    const sdk = telemetry();
    instrument(bench({budget: false}).policy, sdk.providers);
    expect(await sdk.points('budget.left')).toEqual({});
  });

  test('owners who are away', async () => {
    const sdk = telemetry();
    const {policy} = bench();
    instrument(policy, sdk.providers);
    await errorOf(policy.run(playing(lostLogin()), READ));
    expect(await sdk.points('episode.open')).toEqual({
      'scope=vehicle': 1,
      'scope=user': 0,
      'scope=permission': 0,
    });
    await policy.reauth.resolve('ada');
    expect(await sdk.points('episode.open')).toMatchObject({'scope=vehicle': 0});
  });

  test('a policy that is closed', async () => {
    const sdk = telemetry();
    const {policy} = bench();
    instrument(policy, sdk.providers);
    await policy.close();
    expect(await sdk.points('gate.closed')).toMatchObject({'scope=vehicle': 0});
  });
});

test('a vehicle that comes near its quota is counted once', async () => {
  const sdk = telemetry();
  const {policy, clock} = bench({quota: {perVehicle: 5}});
  instrument(policy, sdk.providers);
  // Prometheus sees an increase only where something was before.
  expect(await sdk.points('quota.warnings')).toEqual({'': 0});
  for (let call = 0; call < 5; call++) await policy.run(playing(1), READ);
  await policy.usage('car-17');
  await clock.advance(10_000);
  expect(await sdk.points('quota.warnings')).toEqual({'': 1});
  expect(await sdk.points('quota.utilization')).toEqual({'': 1});
  expect(await sdk.points('quota.near')).toEqual({'': 1});
});

/** Calls to so many cars, of as many owners, whose URLs all differ. */
async function fleet(cars: number): Promise<{series: readonly string[]; values: readonly string[]}> {
  const sdk = telemetry();
  const {policy} = bench({
    budget: false,
    fetch: async input => {
      const url = input instanceof Request ? input.url : input.toString();
      if (Number(/canary-(\d+)/.exec(url)?.[1]) % 50 > 0) return Response.json({});
      // A server that says something else each time.
      const body = {statusCode: 400, type: `T${url.length}`, code: url.slice(-20), description: url};
      return Response.json(body, {status: 400});
    },
  });
  instrument(policy, sdk.providers);
  for (let car = 0; car < cars; car++) {
    const id = `canary-${car}`;
    const smartcar = policy.fetch({user: `canary-user-${car}`});
    const headers = {authorization: `Bearer canary-token-${car}`};
    await smartcar(`https://api.smartcar.com/v2.0/vehicles/${id}/odometer?x=${id}`, {headers});
    if (car % 10 > 0) continue;
    await smartcar(`https://api.smartcar.com/v3/vehicles/${id}/charge-schedules/${id}`, {headers});
    await smartcar(`https://api.smartcar.com/v2.0/${id}`, {headers});
    const odd = Object.assign(new Error(id), {name: id, code: id});
    await policy
      .run(() => Promise.reject(odd), {user: id, operation: `own name ${car}`})
      .catch(() => undefined);
  }
  const all = await sdk.metrics();
  const points = all.flatMap(({descriptor, dataPoints}) =>
    dataPoints.map(({attributes}) => ({name: descriptor.name, attributes})),
  );
  return {
    series: points.map(point => JSON.stringify(point)),
    values: [...new Set(points.flatMap(({attributes}) => Object.values(attributes).map(String)))],
  };
}

test('ten thousand cars make no more series than two thousand, and stand in none of them', async () => {
  const few = await fleet(2_000);
  const many = await fleet(10_000);
  expect(many.series.length).toBe(few.series.length);
  expect(many.series.length).toBeLessThan(1_000);
  expect(many.values.filter(value => /canary|https?:/.test(value))).toEqual([]);
  // Names of the caller's own, until there are too many.
  expect(many.values.filter(value => value.startsWith('own name'))).toHaveLength(147);
  expect(many.values).toContain('_OTHER');
}, 60_000);

test('every reason is a word that a metric can bear', () => {
  for (const reason of Object.keys(REASONS)) expect(reason).toMatch(/^[a-z-]+$/);
});

test('a limit of the application is seen as one closed gate', async () => {
  const sdk = telemetry();
  const {policy, clock} = bench();
  instrument(policy, sdk.providers);
  const wire = onTheWire<number>();
  const call = policy.run(wire.send, READ);
  wire.reject(rateLimited('SMARTCAR_API', 30));
  await clock.advance(1_000);
  expect(await sdk.points('gate.closed')).toMatchObject({'scope=application': 1});
  await policy.close();
  await errorOf(call);
});
