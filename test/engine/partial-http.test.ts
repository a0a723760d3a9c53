import {expect, test} from 'vitest';
import {explain} from '../../src/index.ts';
import type {JournalEntry} from '../../src/simulator/index.ts';
import {open, type World} from '../doors/harness.ts';
import {states} from './support/parts.ts';

const PATHS = ['/odometer', '/battery', '/vin', '/location'];

/** What each request to the vehicle API asked for. */
const askedOf = (world: World): unknown[] =>
  world.requests().map(({method, path, body}: JournalEntry) => {
    const paths = (body as {requests?: {path: string}[]} | undefined)?.requests?.map(one => one.path);
    return paths ?? `${method} ${path.split(world.vehicle)[1]}`;
  });

const batch = ({smartcar, url, vehicle}: World, paths = PATHS): Promise<Response> =>
  smartcar(url(`/v2.0/vehicles/${vehicle}/batch`), {
    method: 'POST',
    headers: {'content-type': 'application/json', 'sc-unit-system': 'imperial'},
    body: JSON.stringify({requests: paths.map(path => ({path}))}),
  });

test('a batch asks again for nothing but the paths that may be asked again', async () => {
  const world = await open('v2');
  world.simulator.next(
    {path: '/batch'},
    {
      partial: {
        '/battery': {error: 'UPSTREAM:NO_RESPONSE'},
        '/vin': {error: 'PERMISSION'},
        '/location': {error: 'VEHICLE_STATE:DOOR_OPEN'},
      },
    },
  );
  const response = await batch(world);
  const first = await explain.batch(response);
  expect(states(first)).toEqual([
    '/odometer ok',
    '/battery failed retry',
    '/vin failed reauthenticate',
    '/location failed fail',
  ]);
  expect(first.failed.map(part => [part.needs, part.failure.scope])).toEqual([
    ['nobody', 'call'],
    ['owner', 'call'],
    ['owner', 'call'],
  ]);
  expect(await response.json()).toEqual(first.body);

  const fresh = await first.again(world.smartcar);
  expect(askedOf(world)).toEqual([PATHS, ['/battery']]);
  expect(states(fresh)).toEqual([
    '/odometer ok',
    '/battery ok',
    '/vin failed reauthenticate',
    '/location failed fail',
  ]);
  expect(fresh.parts[1]?.body).toMatchObject({percentRemaining: expect.any(Number)});
  expect(await fresh.again(world.smartcar)).toBe(fresh);
  expect(world.requests()).toHaveLength(2);
});

test('a batch asks again in the units of its first answer', async () => {
  const world = await open('v2');
  const [whole] = (await explain.batch(await batch(world, ['/odometer']))).parts;
  world.simulator.next({path: '/batch'}, {partial: {'/odometer': {error: 'UPSTREAM:NO_RESPONSE'}}});
  const fresh = await (await explain.batch(await batch(world, ['/odometer']))).again(world.smartcar);
  expect(fresh.parts[0]?.body).toEqual(whole?.body);
});

test.each(['omit', 'capitals'] as const)(
  'a batch whose items have headers of kind %s is read',
  async itemHeaders => {
    const world = await open('v2');
    const partial = {'/battery': {error: 'UPSTREAM:NO_RESPONSE', retryAfter: 40}};
    world.simulator.next({path: '/batch'}, {partial, itemHeaders});
    const [failed] = (await explain.batch(await batch(world))).failed;
    expect(failed?.failure.retryAfterMs).toBe(itemHeaders === 'omit' ? undefined : 40_000);
  },
);

test('a limit inside a batch holds for its car: asking again too early costs no request', async () => {
  const world = await open('v2', {maxWaitMs: 1_000});
  const partial = {'/battery': {error: 'RATE_LIMIT:VEHICLE', retryAfter: 120}};
  world.simulator.next({path: '/batch'}, {partial});
  const first = await explain.batch(await batch(world));
  const second = await first.again(world.smartcar);
  expect(world.requests()).toHaveLength(1);
  expect(states(second)[1]).toBe('/battery failed retry');
  expect(second.failed[0]).toMatchObject({reason: 'paused', needs: 'nobody'});
  expect(second.retryAt).toBeGreaterThan(Date.now() + 60_000);
  expect(second.body).toEqual(first.body);
});

test('an owner who has to come back while parts are asked for again stands in those parts', async () => {
  const world = await open('v2');
  world.simulator.next({path: '/batch'}, {partial: {'/battery': {error: 'UPSTREAM:NO_RESPONSE'}}});
  const first = await explain.batch(await batch(world));
  world.simulator.next({path: '/batch'}, {error: 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED'});
  const second = await first.again(world.smartcar);
  expect(second.failed).toMatchObject([
    {
      name: '/battery',
      status: 400,
      action: 'reauthenticate',
      needs: 'owner',
      connectUrl: expect.stringContaining('/oauth/reauthenticate'),
    },
  ]);
  expect(second.retryable).toEqual([]);
  expect(second.failed[0]).not.toHaveProperty('attempts');
});

test('a batch that still fails after all repeats can be asked for later', async () => {
  const world = await open('v2');
  world.simulator.next({path: '/batch'}, {partial: {'/battery': {error: 'UPSTREAM:NO_RESPONSE'}}});
  const first = await explain.batch(await batch(world));
  world.simulator.next({path: '/batch', times: 3}, {error: 'UPSTREAM:NO_RESPONSE'});
  const second = await first.again(world.smartcar);
  expect(second.failed).toMatchObject([{status: 502, action: 'retry', reason: 'retries-spent'}]);
  expect(states(await second.again(world.smartcar))[1]).toBe('/battery ok');
  expect(askedOf(world)).toEqual([PATHS, ['/battery'], ['/battery'], ['/battery'], ['/battery']]);
});

test('a policy that is closed meanwhile rejects', async () => {
  const world = await open('v2');
  world.simulator.next({path: '/batch'}, {partial: {'/battery': {error: 'UPSTREAM:NO_RESPONSE'}}});
  const first = await explain.batch(await batch(world));
  await world.policy.close();
  await expect(first.again(world.smartcar)).rejects.toMatchObject({code: 'CLOSED'});
});

test('signals ask again one by one for those that may be asked again', async () => {
  const world = await open('v3');
  const signals = world.url(`/v3/vehicles/${world.vehicle}/signals`);
  const whole = await explain.signals(await world.smartcar(signals));
  world.simulator.next(
    {path: '/signals'},
    {
      partial: {
        'odometer-traveleddistance': {error: 'UPSTREAM:NO_RESPONSE'},
        'location-preciselocation': {error: 'VEHICLE_STATE:UNREACHABLE'},
        'vehicleidentification-vin': {error: 'PERMISSION'},
      },
    },
  );
  const response = await world.smartcar(`${signals}?page[size]=100`);
  const first = await explain.signals(response);
  expect(await response.json()).toEqual(first.body);
  expect(first.retryable.toSorted()).toEqual(['location-preciselocation', 'odometer-traveleddistance']);

  const fresh = await first.again(world.smartcar);
  expect(askedOf(world)).toEqual([
    'GET /signals',
    'GET /signals',
    ...first.retryable.map(code => `GET /signals/${code}`),
  ]);
  const vin = whole.parts.findIndex(part => part.name === 'vehicleidentification-vin');
  expect(states(fresh).toSpliced(vin, 1)).toEqual(states(whole).toSpliced(vin, 1));
  expect(fresh.parts[vin]).toMatchObject({action: 'reauthenticate', failure: {scope: 'call'}});
  expect(fresh.parts.length).toBeGreaterThan(5);
});

test('signals of a car that has none yet are not ok, and nothing is asked for again', async () => {
  const world = await open('v3');
  world.simulator.next({path: '/signals'}, {partial: 'empty'});
  const parts = await explain.signals(
    await world.smartcar(world.url(`/v3/vehicles/${world.vehicle}/signals`)),
  );
  expect(parts).toMatchObject({ok: false, parts: [], retryable: []});
  expect(await parts.again(world.smartcar)).toBe(parts);
});
