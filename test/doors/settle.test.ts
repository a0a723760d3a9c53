import {expect, test} from 'vitest';
import {explain} from '../../src/index.ts';
import {json, type Answer} from './echo-server.ts';
import {wire} from './fetch-support.ts';
import {open, type World} from './harness.ts';

const lock = (world: World, policy = {}) =>
  world.smartcar(world.url(world.lockPath), {method: 'POST', body: '{}', policy});

const slow = (world: World, outcome: 'success' | 'cut' | {readonly error: string}) =>
  world.simulator.next({path: world.lockPath}, {slow: {outcome, afterMs: 20}});

test('a slow command that succeeds resolves with the final status and body', async () => {
  const world = await open('v3');
  slow(world, 'success');
  const response = await lock(world);
  expect([response.status, response.ok, response.url]).toEqual([200, true, world.url(world.lockPath)]);
  expect(await response.json()).toMatchObject({data: {attributes: {status: {value: 'SUCCESS'}}}});
  expect(world.simulator.commandCount(world.vehicle, 'lock')).toBe(1);
});

test('a slow command that fails resolves with the failure, explained', async () => {
  const world = await open('v3');
  slow(world, {error: 'VEHICLE_STATE:DOOR_OPEN'});
  const response = await lock(world);
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({errors: [{code: 'DOOR_OPEN'}]});
  expect(explain(response)).toMatchObject({action: 'fail', needs: 'owner', failure: {code: 'DOOR_OPEN'}});
});

test('a slow command whose outcome is cut off is an unknown outcome, and is not sent again', async () => {
  const world = await open('v3');
  slow(world, 'cut');
  const error = await lock(world).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TypeError);
  expect(explain(error)).toMatchObject({reason: 'outcome-unknown', failure: {effect: 'possible'}});
  expect(world.requests()).toHaveLength(1);
  expect(world.simulator.commandCount(world.vehicle, 'lock')).toBe(1);
});

test('a slow outcome that asks for patience is repeated where the command did not run', async () => {
  const world = await open('v3');
  slow(world, {error: 'RATE_LIMIT:VEHICLE'});
  expect((await lock(world)).status).toBe(200);
  expect(world.requests()).toHaveLength(2);
});

test.each([
  ['settle: false of the call', {}, {settle: false}],
  ['settle: false of the policy', {settle: false}, {}],
])('%s hands out the 202 as it came', async (_name, options, context) => {
  const world = await open('v3', options);
  slow(world, 'success');
  const response = await lock(world, context);
  expect(response.status).toBe(202);
  expect(await response.json()).toMatchObject({data: {}});
});

test('settle of the call stands above that of the policy', async () => {
  const world = await open('v3', {settle: false});
  slow(world, 'success');
  expect((await lock(world, {settle: true})).status).toBe(200);
});

const outcomes: readonly (readonly [name: string, body: unknown, status: number])[] = [
  ['a status as text', {errors: [{status: '409', type: 'VEHICLE_STATE', code: 'DOOR_OPEN'}]}, 409],
  ['errors without a status', {errors: [{type: 'VEHICLE_STATE', code: 'DOOR_OPEN'}]}, 500],
  ['errors that call themselves a success', {errors: [{status: '202', type: 'VEHICLE_STATE'}]}, 500],
  ['errors of a strange kind', {errors: [null]}, 500],
  ['a flat error', {statusCode: 400, type: 'VALIDATION'}, 400],
  ['a status that allows no body', {status: 204}, 204],
  ['a status that is none', {status: 'success'}, 200],
  ['no status at all', {data: {}}, 200],
];

test.each(outcomes)('an outcome with %s becomes the response', async (_name, body, status) => {
  const {server, smartcar, v3} = await wire();
  const init = {method: 'POST', body: '{}'};
  server.answer(json(202, body));
  const response = await smartcar(`${v3}/commands/security/lock`, init);
  expect(response.status).toBe(status);
  expect(await response.text()).toBe(status === 204 ? '' : JSON.stringify(body));
});

const empty: Answer = (_seen, response) => void response.writeHead(202).end();

const half: Answer = (_seen, response) => void response.writeHead(202).end('{"data":');

const cut: Answer = (_seen, response) => {
  response.writeHead(202).write('{"data":', () => response.destroy());
};

test.each([
  ['ends empty', empty],
  ['ends in the middle', half],
  ['is cut', cut],
])('a 202 that %s is an unknown outcome', async (_name, answer) => {
  const {server, smartcar, v3} = await wire();
  server.answer(answer);
  const call = smartcar(`${v3}/commands/security/lock`, {method: 'POST', body: '{}'});
  const error = await call.catch((thrown: unknown) => thrown);
  expect(explain(error)).toMatchObject({reason: 'outcome-unknown', needs: 'developer'});
  expect(server.seen).toHaveLength(1);
});

test('only commands to a car stream their outcome: any other 202 is handed out', async () => {
  const {server, smartcar, v2, v3} = await wire();
  server.answer(empty, empty, empty);
  const of = async (url: string, method: string) => (await smartcar(url, {method})).status;
  expect(await of(`${server.origin}/v3/users/ada`, 'DELETE')).toBe(202);
  expect(await of(`${v3}/signals`, 'GET')).toBe(202);
  expect(await of(`${v2}/security`, 'POST')).toBe(202);
});

test('an abort while the outcome is awaited ends the call at once', async () => {
  const {server, smartcar, v3} = await wire();
  const controller = new AbortController();
  server.answer((_seen, response) => {
    response.writeHead(202).write('{');
    setImmediate(() => controller.abort(new Error('gone')));
  });
  const init = {method: 'POST', body: '{}', signal: controller.signal};
  await expect(smartcar(`${v3}/commands/security/lock`, init)).rejects.toThrow('gone');
});
