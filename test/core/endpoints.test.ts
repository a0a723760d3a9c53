import {describe, expect, it} from 'vitest';
import {endpointNamed, requestFacts, withAction} from '../../src/core/endpoints.ts';

describe('requestFacts', () => {
  it.each([
    ['GET', '/v2.0/vehicles/car-1/odometer', 'GET /vehicles/{id}/odometer'],
    ['get', '/v2.0/vehicles/car-1/odometer/', 'GET /vehicles/{id}/odometer'],
    ['GET', '/v2.0/vehicles/car-1', 'GET /vehicles/{id}'],
    ['GET', '/v2.0/vehicles', 'GET /vehicles'],
    [
      'GET',
      '/v3/vehicles/car-1/signals/odometer-traveleddistance',
      'GET /vehicles/{id}/signals/odometer-traveleddistance',
    ],
    ['POST', '/v3/vehicles/car-1/commands/security/lock', 'POST /vehicles/{id}/commands/security/lock'],
    ['GET', '/v2.0/user', 'GET /user'],
    ['GET', '/', 'GET /'],
    ['GET', '/vehicles/car-1/vin', 'GET /vehicles/{id}/vin'],
    ['GET', '/v2.0/vehicles/car-1/odometer//', 'GET /vehicles/{id}/odometer'],
    ['GET', '/v3/connections', 'GET /connections'],
    ['DELETE', '/v3/connections/7', 'DELETE /connections/{id}'],
    ['DELETE', '/v3/users/7', 'DELETE /users/{id}'],
    ['GET', '/v2.0/compatibility/matrix', 'GET /compatibility/matrix'],
  ])('names the operation of %s %s', (method, path, operation) => {
    expect(requestFacts(method, path).operation).toBe(operation);
  });

  it.each([
    ['/v2.0/vehicles/car-1/odometer', '2.0', 'car-1'],
    ['/v3/vehicles/car-1/signals', '3', 'car-1'],
    ['/v3/vehicles/caf%C3%A9', '3', 'café'],
    ['/v3/vehicles/%E0%A4%A', '3', '%E0%A4%A'],
    ['/v3/vehicles', '3', undefined],
    ['/v3/vehicles/', '3', undefined],
    ['/v3/connections/conn-1', '3', undefined],
    ['/vehicles/car-1', undefined, 'car-1'],
    ['/v10.12/vehicles/car-1', '10.12', 'car-1'],
    ['/v3beta/vehicles/car-1', undefined, undefined],
    ['/rev3/vehicles/car-1', undefined, undefined],
  ])('reads version and car off %s', (path, version, vehicle) => {
    const facts = requestFacts('GET', path);
    expect([facts.version, facts.vehicle]).toEqual([version, vehicle]);
  });

  it.each([
    ['GET', '/v2.0/vehicles/car-1/odometer', false],
    ['HEAD', '/v2.0/vehicles/car-1/odometer', false],
    ['POST', '/v2.0/vehicles/car-1/batch', false],
    ['POST', '/v2.0/vehicles/car-1/batch/', false],
    ['PUT', '/v2.0/vehicles/car-1/batch', true],
    ['POST', '/v2.0/vehicles/car-1/security', true],
    ['POST', '/v3/vehicles/car-1/commands/charge/start', true],
    ['DELETE', '/v2.0/vehicles/car-1/application', true],
    ['OPTIONS', '/v2.0/vehicles/car-1', true],
  ])('takes %s %s for a command: %s', (method, path, command) => {
    expect(requestFacts(method, path).command).toBe(command);
  });

  it.each([
    ['/v2.0/vehicles/car-1/TESLA/charge', true],
    ['/v2.0/vehicles/car-1/LAND-ROVER/charge', true],
    ['/v2.0/vehicles/car-1/tesla/charge', false],
    ['/v2.0/vehicles/car-1/odometer', false],
    ['/v2.0/vehicles/CAR-1/odometer', false],
    ['/v2.0/vehicles/car-1/VIN', false],
    ['/v2.0/vehicles/car-1/myTESLA/charge', false],
    ['/v2.0/vehicles/car-1/TESLAs/charge', false],
    ['/v2.0/garages/car-1/TESLA/charge', false],
  ])('sees a make in capitals in %s: %s', (path, capitals) => {
    expect(requestFacts('GET', path).makeInCapitals).toBe(capitals);
  });

  it.each([
    ['GET', '/v2.0/vehicles/c/odometer', 'read_odometer', 'read the odometer of'],
    ['HEAD', '/v2.0/vehicles/c/odometer', 'read_odometer', 'read the odometer of'],
    ['GET', '/v2.0/vehicles/c/odometer//', 'read_odometer', 'read the odometer of'],
    ['GET', '/v2.0/vehicles/c', 'read_vehicle_info', 'read the make and model of'],
    ['POST', '/v2.0/vehicles/c/security', 'control_security', 'lock or unlock'],
    ['POST', '/v3/vehicles/c/commands/security/unlock', 'control_security', 'unlock'],
    ['POST', '/v3/vehicles/c/charge-schedules/daily', 'control_charge', 'change a charge schedule of'],
    ['GET', '/v3/vehicles/c/signals/charge-voltage', 'read_charge', 'read the charging state of'],
    [
      'GET',
      '/v3/vehicles/c/signals/internalcombustionengine-oillife',
      'read_engine_oil',
      'read the oil life of',
    ],
    ['GET', '/v3/vehicles/c/signals/surveillance-x', undefined, 'read a value of'],
    ['GET', '/v2.0/vehicles', undefined, 'find'],
    ['GET', '/v2.0/user', undefined, 'find the owner of'],
    ['GET', '/v2.0/compatibility', undefined, 'check the compatibility of'],
    ['GET', '/v3/connections', undefined, 'read the connections of'],
    ['DELETE', '/v3/connections/7', undefined, 'disconnect'],
    ['DELETE', '/v3/users/7', undefined, 'disconnect'],
  ])('knows what %s %s needs and does', (method, path, permission, phrase) => {
    const endpoint = requestFacts(method, path).endpoint;
    expect([endpoint?.permission, endpoint?.phrase]).toEqual([permission, phrase]);
  });

  it.each(['/v2.0/vehicles/c/brand_new', '/v2.0/garages', '/v2.0/vehicles/c/constructor'])(
    'knows nothing about %s',
    path => {
      expect(requestFacts('GET', path).endpoint).toBeUndefined();
    },
  );
});

it('what a path does not say is not there', () => {
  const facts = {method: 'GET', operation: 'GET /', command: false, makeInCapitals: false};
  expect(requestFacts('GET', '/')).toStrictEqual(facts);
  const signal = requestFacts('GET', '/v3/vehicles/c/signals/brand-new').endpoint;
  expect(signal).toStrictEqual({phrase: 'read a value of'});
});

describe('endpointNamed', () => {
  it.each([
    ['odometer', 'read_odometer'],
    ['lockStatus', 'read_security'],
    ['unlock', 'control_security'],
    ['GET /vehicles/{id}/odometer', 'read_odometer'],
    ['GET /vehicles/{id}', 'read_vehicle_info'],
    ['POST /vehicles/{id}/commands/charge/start', 'control_charge'],
  ])('finds the endpoint behind %s', (operation, permission) => {
    expect(endpointNamed(operation)?.permission).toBe(permission);
  });

  it.each([
    '',
    'nightlyReport',
    'constructor',
    'GET /users',
    'GET /vehicles/{id}/brand_new',
    'my GET /vehicles/{id}/odometer',
    'GET /vehicles/{id}/odometer\n2',
  ])('finds nothing behind %o', operation => {
    expect(endpointNamed(operation)).toBeUndefined();
  });
});

describe('withAction', () => {
  it.each([
    ['POST', '/v2.0/vehicles/c/security', 'UNLOCK', 'unlock'],
    ['POST', '/v2.0/vehicles/c/charge', 'STOP', 'stop charging'],
    ['POST', '/v2.0/vehicles/c/tesla/security/trunk', 'OPEN', 'open the trunk of'],
    ['POST', '/v2.0/vehicles/c/security', 'constructor', 'lock or unlock'],
    ['POST', '/v2.0/vehicles/c/security', undefined, 'lock or unlock'],
    ['GET', '/v2.0/vehicles/c/odometer', 'LOCK', 'read the odometer of'],
  ])('%s %s with the action %s is to %s', (method, path, action, phrase) => {
    expect(withAction(requestFacts(method, path).endpoint!, action).phrase).toBe(phrase);
  });

  it.each([
    ['charge/charge_port_door', 'control_charge'],
    ['climate/cabin', 'control_climate'],
    ['security/trunk', 'control_trunk'],
    ['security/pin', 'control_pin'],
  ])('a path of a make, %s, needs %s', (path, permission) => {
    expect(requestFacts('POST', `/v2.0/vehicles/c/tesla/${path}`).endpoint?.permission).toBe(permission);
  });
});

it('an id below a car stands in no name of an operation: it is used to count', () => {
  const facts = requestFacts('DELETE', '/v3/vehicles/36ab27d0/charge-schedules/9b1f77');
  expect(facts.operation).toBe('DELETE /vehicles/{id}/charge-schedules/{id}');
  expect(facts.endpoint).toBeDefined();
});
