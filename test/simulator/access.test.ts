import {expect, test} from 'vitest';
import {refresh, start, v2Owner, v3Owner} from './harness.ts';

test('a revoked grant ends tokens and connections until it is restored', async () => {
  const simulator = await start();
  const {owner, vehicle, send, tokens} = v2Owner(simulator);
  const v3 = await v3Owner(simulator, {id: 'other'});
  simulator.revoke({owner: owner.id, how: 'grant'});
  expect((await send('GET', '/v2.0/user')).status).toBe(401);
  expect((await refresh(simulator, tokens.refreshToken)).body.error).toBe('invalid_grant');
  const signals = await v3.send('GET', `/v3/vehicles/${vehicle}/signals`, undefined, {
    'sc-user-id': owner.id,
  });
  expect(signals.status).toBe(404);
  simulator.restore({owner: owner.id, how: 'grant'});
  expect((await send('GET', '/v2.0/user')).status).toBe(200);
});

test('a revoked permission concerns one car, or all of them', async () => {
  const simulator = await start();
  const {owner, send} = v2Owner(simulator, {vehicles: [{id: 'one'}, {id: 'two'}]});
  const status = async (vehicle: string) => (await send('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status;
  simulator.revoke({owner: owner.id, how: 'permission', permission: 'read_odometer', vehicle: 'one'});
  expect([await status('one'), await status('two')]).toEqual([403, 200]);
  expect((await send('GET', '/v2.0/vehicles/one/vin')).status).toBe(200);
  const {permissions} = (await send('GET', '/v2.0/vehicles/one/permissions?limit=50')).body;
  expect(permissions).toContain('read_vin');
  expect(permissions).not.toContain('read_odometer');
  simulator.revoke({owner: owner.id, how: 'permission', permission: 'read_odometer'});
  expect([await status('one'), await status('two')]).toEqual([403, 403]);
  simulator.restore({owner: owner.id, how: 'permission', permission: 'read_odometer'});
  expect([await status('one'), await status('two')]).toEqual([200, 200]);
});

test('a lost login asks the owner back, with a link that opens here', async () => {
  const simulator = await start();
  const {owner, vehicle, send} = v2Owner(simulator);
  simulator.revoke({owner: owner.id, how: 'login', vehicle});
  const answer = await send('GET', `/v2.0/vehicles/${vehicle}/odometer`);
  expect(answer).toMatchObject({
    status: 400,
    body: {
      type: 'CONNECTED_SERVICES_ACCOUNT',
      code: 'AUTHENTICATION_FAILED',
      resolution: {
        type: 'REAUTHENTICATE',
        url: `${simulator.origin}/oauth/reauthenticate?response_type=vehicle_id&client_id=client_simulator&vehicle_id=${vehicle}`,
      },
    },
  });
  expect((await send('GET', `/v2.0/vehicles/${vehicle}/vin`)).status).toBe(200);
  expect((await send('POST', `/v2.0/vehicles/${vehicle}/security`, {action: 'LOCK'})).status).toBe(400);
  simulator.restore({owner: owner.id, how: 'login', vehicle});
  expect((await send('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status).toBe(200);
});

test('a lost login on v3 fails commands and single signals, and sits inside the list', async () => {
  const simulator = await start();
  const {owner, vehicle, send} = await v3Owner(simulator);
  simulator.revoke({owner: owner.id, how: 'login', vehicle});
  const lost = {
    type: 'CONNECTED_SERVICES_ACCOUNT',
    code: 'AUTHENTICATION_FAILED',
    resolution: {type: 'REAUTHENTICATE'},
  };
  const command = await send('POST', `/v3/vehicles/${vehicle}/commands/security/lock`);
  expect(command).toMatchObject({status: 400, body: {errors: [lost]}});
  expect(command.body.errors[0].resolution.url).toContain('client_id=simulator-application');
  const signal = await send('GET', `/v3/vehicles/${vehicle}/signals/odometer-traveleddistance`);
  expect(signal).toMatchObject({status: 400, body: {errors: [lost]}});
  const {status, body} = await send('GET', `/v3/vehicles/${vehicle}/signals`);
  expect(status).toBe(200);
  const odometer = body.data.find((item: {id: string}) => item.id === 'odometer-traveleddistance');
  expect(odometer.attributes.status).toMatchObject({value: 'ERROR', error: lost});
});

test('a revoked permission on v3 answers PERMISSION', async () => {
  const simulator = await start();
  const {owner, vehicle, send} = await v3Owner(simulator);
  simulator.revoke({owner: owner.id, how: 'permission', permission: 'control_security'});
  const answer = await send('POST', `/v3/vehicles/${vehicle}/commands/security/lock`);
  expect(answer).toMatchObject({
    status: 403,
    body: {errors: [{type: 'PERMISSION', resolution: {type: 'REAUTHENTICATE'}}]},
  });
});

test('strangers are named', async () => {
  const simulator = await start();
  simulator.addOwner({id: 'ada', vehicles: [{id: 'car'}]});
  expect(() => simulator.grant('bob')).toThrow('Expected the id of an owner (ada), got `bob`');
  for (let number = 1; number < 5000; number += 1) simulator.addOwner({id: `o${number}`});
  expect(() => simulator.grant('bob')).toThrow(
    '(ada, o1, o2, o3, o4, o5, o6, o7, o8, o9 and 4990 more), got',
  );
  expect(() => simulator.vehicle('cat')).toThrow('`cat`');
  expect(() => simulator.commandCount('cat')).toThrow('`cat`');
  expect(() => simulator.addOwner({id: 'ada'})).toThrow('taken');
  expect(() => simulator.addOwner({vehicles: [{id: 'car'}]})).toThrow('taken');
  expect(() => simulator.revoke({owner: 'ada', how: 'login', vehicle: 'cat'})).toThrow('`cat`');
});

test('a grant can be narrower than its owner', async () => {
  const simulator = await start();
  const {owner, send} = v2Owner(simulator, {vehicles: [{id: 'one'}, {id: 'two'}]});
  const {accessToken} = simulator.grant(owner.id, {scope: ['read_vin'], vehicles: ['two']});
  const headers = {authorization: `Bearer ${accessToken}`};
  expect((await send('GET', '/v2.0/vehicles', undefined, headers)).body.vehicles).toEqual(['two']);
  expect((await send('GET', '/v2.0/vehicles/two/vin', undefined, headers)).status).toBe(200);
  expect((await send('GET', '/v2.0/vehicles/two/odometer', undefined, headers)).status).toBe(403);
  expect((await send('GET', '/v2.0/vehicles/one/vin', undefined, headers)).status).toBe(401);
});

test('a permission that does not exist is refused by name, wherever it is given', async () => {
  const simulator = await start();
  const message = 'Expected a permission of Smartcar, got `read_odometr`. Did you mean `read_odometer`?';
  expect(() => simulator.addOwner({scope: ['read_odometr']})).toThrow(message);
  simulator.addOwner({id: 'ada'});
  expect(() => simulator.grant('ada', {scope: ['read_odometr']})).toThrow(message);
  expect(() => simulator.revoke({owner: 'ada', how: 'permission', permission: 'read_odometr'})).toThrow(
    message,
  );
});

test('a grant covers cars of its own owner alone', async () => {
  const simulator = await start();
  simulator.addOwner({id: 'ada'});
  simulator.addOwner({id: 'bob', vehicles: [{id: 'bobs-car'}]});
  expect(() => simulator.grant('ada', {vehicles: ['bobs-car']})).toThrow(
    'Expected a vehicle of the owner `ada`, got `bobs-car`',
  );
});

test('a test login that ends Connect makes no connected owner with a car', async () => {
  const simulator = await start();
  expect(simulator.addOwner({email: '0-vehicles@smartcar.com'}).vehicles).toEqual([]);
  expect(() => simulator.addOwner({email: 'smartcar@vehicle-incompatible.com'})).toThrow(
    'vehicle_incompatible',
  );
});
