import {describe, expect, it} from 'vitest';
import {hints} from '../../../src/core/hints/hints.ts';
import {
  askedPath,
  nearestPath,
  pathJunk,
  signalCode,
  unknownVehicle,
  vehicleId,
} from '../../../src/core/hints/not-found.ts';
import {asked, CAR, facts, ours, V2, V3, v2Failure} from './facts.ts';

const failure = v2Failure('RESOURCE_NOT_FOUND', 'PATH', 404);
const noSignal = v2Failure('RESOURCE_NOT_FOUND', 'SIGNAL_NOT_FOUND', 404);
const HOST = 'https://api.smartcar.com';
const LONG = 'abcdefghijklmnopqrstuvwxyz0123456789';

describe('the nearest path', () => {
  it.each([
    ['GET', `${V2}/vehicles/${CAR}/odometr`, `GET ${V2}/vehicles/${CAR}/odometer`],
    ['GET', `${V2}/vehicles/${CAR}/Odometer`, `GET ${V2}/vehicles/${CAR}/odometer`],
    ['GET', `${V2}/vehicles/${CAR}/tire/pressure`, `GET ${V2}/vehicles/${CAR}/tires/pressure`],
    ['POST', `${V2}/vehicles/${CAR}/charge/limits`, `POST ${V2}/vehicles/${CAR}/charge/limit`],
    ['GET', `${V2}/vehicle/${CAR}/odometer`, `GET ${V2}/vehicles/${CAR}/odometer`],
    ['GET', `${V2}/vehicle`, `GET ${V2}/vehicles`],
    ['GET', `${HOST}/v2/vehicles/${CAR}/odometr`, `GET ${V2}/vehicles/${CAR}/odometer`],
    ['GET', `${HOST}/2.0/vehicle/${CAR}/odometer`, `GET ${V2}/vehicles/${CAR}/odometer`],
    ['GET', `${V2}/compatability/matrix`, `GET ${V2}/compatibility/matrix`],
    [
      'POST',
      `${V3}/vehicles/${CAR}/command/security/lock`,
      `POST ${V3}/vehicles/${CAR}/commands/security/lock`,
    ],
    ['GET', `${V3}/connection`, `GET ${V3}/connections`],
    ['HEAD', `${V2}/vehicles/${CAR}/odometr`, `GET ${V2}/vehicles/${CAR}/odometer`],
    // The id is no part of what is misspelt, whatever it looks like.
    ['GET', `${V2}/vehicle/${CAR}/vin`, `GET ${V2}/vehicles/${CAR}/vin`],
    ['GET', `${V2}/vehicle/${LONG}/vin`, `GET ${V2}/vehicles/${LONG}/vin`],
    ['GET', `${V3}/connection/${CAR}`, `GET ${V3}/connections/${CAR}`],
    ['GET', `${V2}/vehicle2/${CAR}/odometer`, `GET ${V2}/vehicles/${CAR}/odometer`],
    ['GET', `${V2}/2vehicles`, `GET ${V2}/vehicles`],
  ])('to %s %s', (method, url, right) => {
    expect(nearestPath(facts({failure, ...asked(method, url)}))).toEqual([
      `The nearest that there is: \`${right}\`.`,
    ]);
  });

  it.each([
    ['is right', `${V2}/vehicles/${CAR}/odometer`],
    ['is like nothing', `${V2}/vehicles/${CAR}/zzz`],
    ['is of v3', `${V2}/vehicles/${CAR}/signals`],
    ['is the car itself', `${V2}/vehicles/${CAR}`],
    ['has marks in it', `${V2}/vehicles/${CAR}//odometr`],
  ])('is not named for one that %s', (_, url) => {
    expect(nearestPath(facts({failure, ...asked('GET', url)}))).toEqual([]);
  });

  it.each([
    ['of the other API', `${V3}/vehicles/${CAR}/charge/limit`],
    ['of a make', `${V2}/vehicles/${CAR}/tesla/security/trunk`],
    ['of a webhook', `${V2}/vehicles/${CAR}/webhooks/7a1b`],
  ])('is not named for a command that is known: one %s', (_, url) => {
    expect(nearestPath(facts({failure, ...asked('POST', url)}))).toEqual([]);
  });

  it('is told without a host where nothing is known of it', () => {
    const {request} = asked('GET', `${V2}/vehicles/${CAR}/odometr`);
    expect(nearestPath(facts({failure, request: request!}))).toEqual([
      `The nearest that there is: \`GET /v2.0/vehicles/${CAR}/odometer\`.`,
    ]);
    const nameless = {
      method: 'GET',
      operation: 'GET /vehicles/{id}/odometr',
      command: false,
      makeInCapitals: false,
    };
    expect(nearestPath(facts({failure, request: nameless}))).toEqual([
      'The nearest that there is: `GET /v2.0/vehicles/{id}/odometer`.',
    ]);
  });

  it('is no matter without a request, after another failure, or for a signal', () => {
    const misspelt = asked('GET', `${V2}/vehicles/${CAR}/odometr`);
    expect(nearestPath(facts({failure}))).toEqual([]);
    expect(nearestPath(facts({failure: v2Failure('UPSTREAM'), ...misspelt}))).toEqual([]);
    expect(nearestPath(facts({failure: noSignal, ...misspelt}))).toEqual([]);
  });
});

describe('marks in the path', () => {
  const empty = 'an empty segment';
  const slash = 'a slash at its end';
  const marks = 'marks that do not belong there';
  it.each([
    [`${V2}/vehicles//${CAR}/vin`, empty],
    [`${V2}/vehicles///${CAR}//vin/`, empty],
    [`${V2}/vehicles/${CAR}/vin/`, slash],
    [`${V2}/vehicles/${CAR}/vin%20`, marks],
    [`${V2}/vehicles/${CAR}/vin%0D%0A`, marks],
    [`${V2}/vehicles/${CAR}/vin,`, marks],
    [`${V2}/vehicles/${CAR}/vin)%22`, marks],
    [`${V2}/vehicles/${CAR}%7D/vin`, marks],
  ])('%s', (url, what) => {
    expect(pathJunk(facts({failure, ...asked('GET', url)}))).toEqual([
      `The path has ${what}: \`${V2}/vehicles/${CAR}/vin\` is meant.`,
    ]);
  });

  it.each([`${V2}/vehicles/${CAR}/vin`, HOST, `${V2}/vehicles/a.b/vin`])('are not seen in %s', url => {
    expect(pathJunk(facts({failure, ...asked('GET', url)}))).toEqual([]);
  });

  it('are no matter without an address, nor after another failure', () => {
    const other = v2Failure('UPSTREAM');
    expect(pathJunk(facts({failure}))).toEqual([]);
    expect(pathJunk(facts({failure: other, ...asked('GET', `${V2}/vehicles/`)}))).toEqual([]);
  });
});

describe("the vehicle's id", () => {
  it.each([
    ['undefined', /a variable was not filled in/],
    ['%7Bid%7D', /`\{id\}`: a variable was not filled in/],
    ['[object%20Object]', /a variable was not filled in/],
    ['5YJSA1CN5DFP00101', /looks like a VIN/],
    ['car-1', /`car-1` is no vehicle's id/],
  ])('%s', (id, expected) => {
    expect(vehicleId(facts({failure, ...asked('GET', `${V2}/vehicles/${id}/vin`)}))).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  it('is in order where it is a UUID, unknown, or not what failed', () => {
    expect(vehicleId(facts({failure, ...asked('GET', `${V2}/vehicles/${CAR}/vin`)}))).toEqual([]);
    expect(vehicleId(facts({failure}))).toEqual([]);
    expect(vehicleId(facts({failure: v2Failure('UPSTREAM'), vehicle: 'car-1'}))).toEqual([]);
  });

  it('is that of the path, or else the one that the call names', () => {
    const {request} = asked('GET', `${V3}/vehicles/car-1/vin`);
    expect(vehicleId(facts({failure, vehicle: CAR, request: request!}))).toEqual([
      "`car-1` is no vehicle's id: those are UUIDs, from `GET /v3/connections`.",
    ]);
    expect(vehicleId(facts({failure, vehicle: 'car-2'}))).toEqual([
      "`car-2` is no vehicle's id: those are UUIDs, from `GET /v2.0/vehicles`.",
    ]);
  });
});

describe('the code of a signal', () => {
  it.each([
    ['odomter-traveleddistance', /`odomter`: `odometer` is meant/],
    ['TractionBattery.StateOfCharge', /`tractionbattery-stateofcharge` rather than/],
    ['odometer._x', /`odometer-x` rather than/],
    ['zzz-level', /No group of signals is known that `zzz-level`/],
    ['charge-voltag', /The group `charge` is known/],
    ['connectivitysoftware-currentfirmwareversion', /The group `connectivitysoftware` is known/],
  ])('%s', (code, expected) => {
    const known = facts({failure: noSignal, ...asked('GET', `${V3}/vehicles/${CAR}/signals/${code}`)});
    expect(signalCode(known)).toEqual([expect.stringMatching(expected)]);
  });

  it('is looked at where the path alone was refused', () => {
    const known = facts({failure, ...asked('GET', `${V3}/vehicles/${CAR}/signals/odomter-x`)});
    expect(signalCode(known)).toEqual([expect.stringMatching(/`odometer` is meant/)]);
    expect(signalCode(facts({failure, ...asked('GET', `${V3}/vehicles/${CAR}/my-signals`)}))).toEqual([]);
    expect(signalCode(facts({failure}))).toEqual([]);
  });

  it('may be unknown, or no car may have any', () => {
    expect(signalCode(facts({failure: noSignal}))).toEqual([
      expect.stringContaining('GET /v3/vehicles/{id}/signals'),
    ]);
    const all = asked('GET', `${V3}/vehicles/${CAR}/signals`);
    expect(signalCode(facts({failure, ...all}))).toEqual([expect.stringContaining('webhook subscription')]);
  });
});

describe('a car that v3 does not know', () => {
  it('is looked for in the connections', () => {
    const unknown = v2Failure('RESOURCE_NOT_FOUND', 'VEHICLE_NOT_FOUND', 404);
    expect(unknownVehicle(facts({failure: unknown, vehicle: CAR, ...ours('3')}))).toEqual([
      expect.stringMatching(/\/v3\/connections` lists `36ab.*the `user` of the call/),
    ]);
    expect(unknownVehicle(facts({failure: unknown, auth: {version: '3', byPolicy: false}}))).toEqual([
      expect.stringMatching(/lists the car for `sc-user-id`/),
    ]);
    expect(unknownVehicle(facts({failure: unknown}))).toHaveLength(1);
    expect(unknownVehicle(facts({failure}))).toEqual([]);
  });
});

describe('the path as it was asked for', () => {
  it('is said where nothing is known to be wrong with it, and only there', () => {
    const url = `${V2}/vehicles/${CAR}/zzz`;
    expect(hints(facts({failure, ...asked('GET', url)}))).toContain(`Asked for was \`GET ${url}\`.`);
    const misspelt = hints(facts({failure, ...asked('GET', `${V2}/vehicles/${CAR}/odometr`)}));
    expect(misspelt.join()).not.toContain('Asked for');
  });

  it('is its name where the address is not known', () => {
    const {request} = asked('GET', `${V2}/vehicles/${CAR}/zzz`);
    expect(askedPath(facts({failure, request: request!}))).toEqual([
      'Asked for was `GET /vehicles/{id}/zzz`.',
    ]);
  });

  it('is no matter without a request, after another failure, or for a signal', () => {
    const known = asked('GET', `${V2}/vehicles/${CAR}/zzz`);
    expect(askedPath(facts({failure}))).toEqual([]);
    expect(askedPath(facts({failure: v2Failure('UPSTREAM'), ...known}))).toEqual([]);
    expect(askedPath(facts({failure: noSignal, ...known}))).toEqual([]);
  });
});

it.each(['VERSION', 'VEHICLE_NOT_FOUND'])('a signal is not blamed for %s', code => {
  const known = {failure: v2Failure('RESOURCE_NOT_FOUND', code, 404)};
  expect(signalCode(facts({...known, ...asked('GET', `${V3}/vehicles/${CAR}/signals/odometer-x`)}))).toEqual(
    [],
  );
});
