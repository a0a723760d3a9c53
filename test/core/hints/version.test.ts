import {describe, expect, it} from 'vitest';
import {wrongApi, writtenVersion} from '../../../src/core/hints/version.ts';
import {asked, CAR, facts, V2, V3, v2Failure} from './facts.ts';

const failure = v2Failure('RESOURCE_NOT_FOUND', 'PATH', 404);
const HOST = 'https://api.smartcar.com';
const HOST3 = 'https://vehicle.api.smartcar.com';

describe('the version in the path', () => {
  it.each([
    [`${HOST}/v1.0/vehicles`, `${HOST}/v2.0/vehicles`],
    [`${HOST}/v2/vehicles/${CAR}/vin`, `${HOST}/v2.0/vehicles/${CAR}/vin`],
    [`${HOST}/2.0/vehicles`, `${HOST}/v2.0/vehicles`],
    [`${HOST}/V2.0/vehicles`, `${HOST}/v2.0/vehicles`],
    [`${HOST}/v2.3/vehicles`, `${HOST}/v2.0/vehicles`],
    [`${HOST3}/v3.0/vehicles/${CAR}`, `${HOST3}/v3/vehicles/${CAR}`],
    [`${HOST3}/3/connections`, `${HOST3}/v3/connections`],
    [`${HOST}/v2.10/vehicles`, `${HOST}/v2.0/vehicles`],
  ])('of %s is rewritten', (url, right) => {
    expect(writtenVersion(facts({failure, ...asked('GET', url)}))).toEqual([
      expect.stringContaining(`write \`${right}\``),
    ]);
  });

  it.each([
    [`${HOST}/vehicles/${CAR}`, /lacks its version/],
    [`${HOST}/connections`, /lacks its version: `\/v2\.0\/connections` or `\/v3\/connections`/],
    [`${HOST}/v9.9/vehicles`, /versions are/],
  ])('of %s is missed', (url, expected) => {
    const code = url.includes('v9') ? 'VERSION' : 'PATH';
    expect(writtenVersion(facts({failure: {...failure, code}, ...asked('GET', url)}))).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  it.each([
    `${V2}/vehicles`,
    `${V3}/connections`,
    ...['xv2', 'v2x', 'v4', 'v2.x', 'fleetvehicles', 'vehicles2'].map(first => `${HOST}/${first}/vehicles`),
    HOST,
  ])('of %s is in order, or none', url => {
    expect(writtenVersion(facts({failure, ...asked('GET', url)}))).toEqual([]);
  });

  it('is named without an address where the request is known by its path alone', () => {
    const {request} = asked('GET', `${HOST}/v1.0/vehicles`);
    expect(writtenVersion(facts({failure, request: request!}))).toEqual([
      '`v1.0` is no version of the API: `v2.0` is.',
    ]);
    const unversioned = asked('GET', `${HOST}/vehicles`).request!;
    expect(writtenVersion(facts({failure, request: unversioned}))).toEqual([]);
    expect(writtenVersion(facts({failure}))).toEqual([]);
  });

  it('is what v1.0 complains of in its own word', () => {
    expect(writtenVersion(facts({failure: {type: 'version_not_found_error', status: 404}}))).toEqual([
      `The versions are \`${V2}\` and \`${V3}\`.`,
    ]);
  });

  it('is no matter after another failure', () => {
    const other = v2Failure('UPSTREAM', 'VERSION');
    expect(writtenVersion(facts({failure: other, ...asked('GET', `${HOST}/v1.0/vehicles`)}))).toEqual([]);
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

  it.each([
    ['a host that plays both', `http://127.0.0.1:4000/v3/vehicles/${CAR}/signals`],
    ['a path of neither', `${V2}/vehicles/${CAR}/zzz`],
    ['a path of neither, in v3', `${V3}/vehicles/${CAR}/zzz`],
    ['its own path', `${V2}/vehicles/${CAR}/odometer`],
    ['its own path, in v3', `${V3}/vehicles/${CAR}/signals`],
    ['the car itself', `${V2}/vehicles/${CAR}`],
    ['a path without a car', `${V3}/connections`],
    ['a path without a version', `${HOST3}/connections`],
    ['the management API on its own host', 'https://management.smartcar.com/management/v2.0/vehicles'],
    ['nothing', undefined],
  ])('is not read off %s', (_, url) => {
    expect(wrongApi(facts({failure, ...(url !== undefined && asked('GET', url))}))).toEqual([]);
  });

  it('is told by the path alone, where nothing is known of the host', () => {
    const {request} = asked('GET', `${V2}/vehicles/${CAR}/signals`);
    const told = [expect.stringMatching(/is a path of v3/)];
    expect(wrongApi(facts({failure, request: request!}))).toEqual(told);
    expect(wrongApi(facts({failure, request: request!, sent: {method: 'GET', host: 'api'}}))).toEqual(told);
  });

  it('leads to all signals where none is known to say the same', () => {
    expect(wrongApi(facts({failure, ...asked('GET', `${V3}/vehicles/${CAR}/permissions`)}))).toEqual([
      '`/permissions` is a path of v2.0; v3 reads signals, `/v3/vehicles/{id}/signals`.',
    ]);
  });

  it('is found by the permission of the endpoint that the call names', () => {
    const {request, sent} = asked('GET', `${V3}/vehicles/${CAR}/battery/capacity`);
    const {endpoint: _, ...unnamed} = request!;
    const endpoint = {permission: 'read_battery', phrase: 'x'};
    const found = [expect.stringContaining('signals/tractionbattery-…')];
    expect(wrongApi(facts({failure, request: request!, sent: sent!}))).toEqual(found);
    expect(wrongApi(facts({failure, request: unnamed, sent: sent!, endpoint}))).toEqual(found);
    expect(wrongApi(facts({failure, request: unnamed, sent: sent!}))).toEqual([
      expect.stringContaining('v3 reads signals'),
    ]);
  });

  it('is no matter after another failure', () => {
    const other = v2Failure('UPSTREAM');
    expect(wrongApi(facts({failure: other, ...asked('GET', `${HOST3}/v2.0/vehicles`)}))).toEqual([]);
  });
});
