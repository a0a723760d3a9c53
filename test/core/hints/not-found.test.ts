import {describe, expect, it} from 'vitest';
import {hints} from '../../../src/core/hints/hints.ts';
import {
  nearestPath,
  pathJunk,
  signalCode,
  unknownVehicle,
  vehicleId,
} from '../../../src/core/hints/not-found.ts';
import {wrongApi, writtenVersion} from '../../../src/core/hints/version.ts';
import {asked, CAR, facts, ours, V2, V3, v2Failure} from './facts.ts';

const failure = v2Failure('RESOURCE_NOT_FOUND', 'PATH', 404);
const noSignal = v2Failure('RESOURCE_NOT_FOUND', 'SIGNAL_NOT_FOUND', 404);
const HOST = 'https://api.smartcar.com';
const HOST3 = 'https://vehicle.api.smartcar.com';

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
  ])('is not named for one that %s', (_, url) => {
    expect(nearestPath(facts({failure, ...asked('GET', url)}))).toEqual([]);
  });
});

describe('the version in the path', () => {
  it.each([
    [`${HOST}/v1.0/vehicles`, `${HOST}/v2.0/vehicles`],
    [`${HOST}/v2/vehicles/${CAR}/vin`, `${HOST}/v2.0/vehicles/${CAR}/vin`],
    [`${HOST}/2.0/vehicles`, `${HOST}/v2.0/vehicles`],
    [`${HOST}/V2.0/vehicles`, `${HOST}/v2.0/vehicles`],
    [`${HOST}/v2.3/vehicles`, `${HOST}/v2.0/vehicles`],
    [`${HOST3}/v3.0/vehicles/${CAR}`, `${HOST3}/v3/vehicles/${CAR}`],
    [`${HOST3}/3/connections`, `${HOST3}/v3/connections`],
  ])('of %s is rewritten', (url, right) => {
    expect(writtenVersion(facts({failure, ...asked('GET', url)}))).toEqual([
      expect.stringContaining(`write \`${right}\``),
    ]);
  });

  it.each([
    [`${HOST}/vehicles/${CAR}`, /lacks its version/],
    [`${HOST}/v9.9/vehicles`, /versions are/],
  ])('of %s is missed', (url, expected) => {
    const code = url.includes('v9') ? 'VERSION' : 'PATH';
    expect(writtenVersion(facts({failure: {...failure, code}, ...asked('GET', url)}))).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  it.each([`${V2}/vehicles`, `${V3}/connections`])('of %s is in order', url => {
    expect(writtenVersion(facts({failure, ...asked('GET', url)}))).toEqual([]);
  });
});

describe('a path of the other API', () => {
  it.each([
    ['GET', `${HOST3}/v2.0/vehicles`, /path is of v2\.0, the host is v3's/],
    ['GET', `${HOST}/v3/connections`, /path is of v3, the host is v2's/],
    [
      'GET',
      `${V3}/vehicles/${CAR}/odometer`,
      /`\/odometer` is a path of v2\.0; v3 has `\/v3\/vehicles\/\{id\}\/signals\/odometer-…`/,
    ],
    ['POST', `${V3}/vehicles/${CAR}/security`, /commands\/security\/lock` or `.*unlock`/],
    ['GET', `${V2}/vehicles/${CAR}/signals`, /is a path of v3/],
    ['GET', `${HOST}/management/v2.0/vehicles`, /management\.smartcar\.com/],
  ])('is told: %s %s', (method, url, expected) => {
    expect(wrongApi(facts({failure, ...asked(method, url)}))).toEqual([expect.stringMatching(expected)]);
  });

  it('is not read off a host that plays both', () => {
    const url = `http://127.0.0.1:4000/v3/vehicles/${CAR}/signals`;
    expect(wrongApi(facts({failure, ...asked('GET', url)}))).toEqual([]);
  });
});

describe('marks in the path', () => {
  it.each([
    [`${V2}/vehicles//${CAR}/vin`, `${V2}/vehicles/${CAR}/vin`],
    [`${V2}/vehicles/${CAR}/vin/`, `${V2}/vehicles/${CAR}/vin`],
    [`${V2}/vehicles/${CAR}/vin%20`, `${V2}/vehicles/${CAR}/vin`],
    [`${V2}/vehicles/${CAR}/vin,`, `${V2}/vehicles/${CAR}/vin`],
    [`${V2}/vehicles/${CAR}/vin)%22`, `${V2}/vehicles/${CAR}/vin`],
  ])('%s', (url, right) => {
    expect(pathJunk(facts({failure, ...asked('GET', url)}))).toEqual([
      expect.stringContaining(`\`${right}\` is meant`),
    ]);
  });

  it('are not seen where there are none', () => {
    expect(pathJunk(facts({failure, ...asked('GET', `${V2}/vehicles/${CAR}/vin`)}))).toEqual([]);
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

  it('is in order where it is a UUID', () => {
    expect(vehicleId(facts({failure, ...asked('GET', `${V2}/vehicles/${CAR}/vin`)}))).toEqual([]);
  });
});

describe('the code of a signal', () => {
  it.each([
    ['odomter-traveleddistance', /`odomter`: `odometer` is meant/],
    ['TractionBattery.StateOfCharge', /`tractionbattery-stateofcharge` rather than/],
    ['zzz-level', /No group of signals is known that `zzz-level`/],
    ['charge-voltag', /The group `charge` is known/],
    ['connectivitysoftware-currentfirmwareversion', /The group `connectivitysoftware` is known/],
  ])('%s', (code, expected) => {
    const known = facts({failure: noSignal, ...asked('GET', `${V3}/vehicles/${CAR}/signals/${code}`)});
    expect(signalCode(known)).toEqual([expect.stringMatching(expected)]);
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
});

it.each(['VERSION', 'VEHICLE_NOT_FOUND'])('a signal is not blamed for %s', code => {
  const known = {failure: v2Failure('RESOURCE_NOT_FOUND', code, 404)};
  expect(signalCode(facts({...known, ...asked('GET', `${V3}/vehicles/${CAR}/signals/odometer-x`)}))).toEqual(
    [],
  );
});
