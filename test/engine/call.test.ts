import {describe, expect, test} from 'vitest';
import {factsOf, gateKeyOf, gateKeysOf, openCall, placeOf, type DoorFacts} from '../../src/engine/call.ts';
import type {Outages, TokenSource} from '../../src/ports.ts';
import {fakeCall, fakeEngine} from './support/engine.ts';

const READ: DoorFacts = {command: false, replayable: true, ownAuthorization: false};
const LOCK = {phrase: 'lock', permission: 'control_security'};
const SOURCE: Partial<TokenSource> = {key: user => user ?? ''};

describe('a call', () => {
  test('goes by what its context says, before what the request tells', () => {
    const engine = fakeEngine();
    const request = {
      vehicle: 'of the url',
      operation: 'GET /odometer',
      endpoint: LOCK,
      version: '2',
    } as const;
    const door = {...READ, request} as DoorFacts;
    expect(openCall(engine, {}, door)).toMatchObject({
      vehicle: 'of the url',
      operation: 'GET /odometer',
      endpoint: LOCK,
      permission: 'control_security',
      request,
    });
    const own = {phrase: 'open'};
    const named = openCall(engine, {vehicle: 'car', operation: 'open'}, {...door, endpoint: own});
    expect(named).toMatchObject({vehicle: 'car', operation: 'open', endpoint: own, permission: 'open'});
  });

  test('that says nothing takes what the policy has', () => {
    const engine = fakeEngine({maxWaitMs: 1_234});
    const call = openCall(engine, {}, READ);
    expect(call).toMatchObject({
      idempotent: false,
      priority: 5,
      maxWaitMs: 1_234,
      maxWaitIsOwn: false,
      waitForReauthMs: 0,
      attempts: 0,
      waitedMs: 0,
      ownerWaits: 0,
      probing: false,
      returning: false,
      tokenWasFresh: false,
      tokenPasses: [],
      retries: {},
    });
    expect([call.user, call.vehicle, call.operation, call.deadline, call.make]).toEqual(
      Array.from({length: 5}, () => undefined),
    );
    expect(openCall(engine, {}, {...READ, command: true})).toMatchObject({priority: 4, command: true});
  });

  test('keeps what it says itself', async () => {
    const engine = fakeEngine({maxWaitMs: 1_234});
    await engine.clock.advance(100);
    const context = {
      user: 'ada',
      idempotent: true,
      priority: 0,
      maxWaitMs: 0,
      deadlineMs: 0,
      waitForReauthMs: 9,
      locale: 'de',
    };
    const startedAt = engine.clock.monotonic();
    expect(openCall(engine, context, {...READ, secret: 'Bearer x'})).toMatchObject({
      user: 'ada',
      idempotent: true,
      priority: 0,
      maxWaitMs: 0,
      maxWaitIsOwn: true,
      startedAt,
      deadline: startedAt,
      waitForReauthMs: 9,
      locale: 'de',
      secret: 'Bearer x',
    });
    expect(openCall(engine, {...context, deadlineMs: 50}, READ).deadline).toBe(startedAt + 50);
  });

  test('has a number of its own, counted up', () => {
    const engine = fakeEngine();
    const first = openCall(engine, {}, READ);
    expect(openCall(engine, {}, READ).id).toBe(first.id + 1);
  });

  test.each([
    ['with a source and without a token of its own', true, false, true],
    ['with a token of its own', true, true, false],
    ['of a policy without auth', false, false, false],
  ])('%s: the policy puts its token on it or not', (_name, has, ownAuthorization, authorized) => {
    const engine = fakeEngine(has ? {source: SOURCE as TokenSource} : {});
    const call = openCall(engine, {}, {...READ, ownAuthorization});
    expect(call).toMatchObject({authorized, refreshable: authorized});
  });

  test('knows its maker where a breaker does', () => {
    const outages: Partial<Outages> = {makeOf: (vehicle, make) => `${vehicle} of ${make}`};
    const engine = fakeEngine({outages: outages as Outages});
    expect(openCall(engine, {vehicle: 'car', make: 'tesla'}, READ).make).toBe('car of tesla');
  });

  test('is told by who and what it is about, as far as that is known', () => {
    const engine = fakeEngine();
    const call = fakeCall(engine, {user: 'ada', vehicle: 'car', operation: 'odometer'});
    expect(factsOf(call)).toEqual({call: call.id, user: 'ada', vehicle: 'car', operation: 'odometer'});
    const stranger = fakeCall(engine);
    expect(factsOf(stranger)).toStrictEqual({call: stranger.id});
    expect(placeOf(call)).toEqual({user: 'ada', vehicle: 'car', permission: 'odometer'});
    expect(placeOf(stranger)).toStrictEqual({user: ''});
  });
});

describe('the gates in the way of a call', () => {
  const all = {
    user: 'ada',
    vehicle: 'car',
    permission: 'read_odometer',
    make: 'tesla',
    command: false,
  };
  test.each([
    ['a read', all, ['permission:car:read_odometer', 'vehicle:car', 'user:ada', 'make:tesla', 'application']],
    [
      'a command, which no maker’s outage holds back',
      {...all, command: true},
      ['commands:car', 'permission:car:read_odometer', 'vehicle:car', 'user:ada', 'application'],
    ],
    [
      'a call without a permission',
      {...all, permission: undefined},
      ['vehicle:car', 'user:ada', 'make:tesla', 'application'],
    ],
    ['a call without a car', {...all, vehicle: undefined, command: true}, ['user:ada', 'application']],
    [
      'a call that names nothing',
      {user: undefined, vehicle: undefined, permission: undefined, make: undefined, command: false},
      ['application'],
    ],
  ])('%s: the narrowest first', (_name, call, keys) => {
    expect(gateKeysOf(call)).toEqual(keys);
  });

  const ada = {user: 'ada', vehicle: 'car', permission: 'read_odometer'};
  const nobody = {user: undefined, vehicle: undefined, permission: undefined};
  test.each([
    ['permission', ada, 'permission:car:read_odometer'],
    ['permission', {...ada, permission: undefined}, 'vehicle:car'],
    ['permission', {...ada, vehicle: undefined}, 'user:ada'],
    ['permission', nobody, undefined],
    ['vehicle', ada, 'vehicle:car'],
    ['vehicle', {...ada, vehicle: undefined}, 'user:ada'],
    ['user', ada, 'user:ada'],
    ['call', ada, 'user:ada'],
    ['user', nobody, undefined],
    ['application', ada, 'application'],
    ['application', nobody, 'application'],
  ])('the scope %s of %j closes %s', (scope, call, key) => {
    expect(gateKeyOf(call, scope)).toBe(key);
  });
});
