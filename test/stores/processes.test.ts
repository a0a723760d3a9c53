import {expect, onTestFinished, test} from 'vitest';
import {createPolicy, userTokens} from '../../src/index.ts';
import {startSimulator, type Simulator, type TokenOptions} from '../../src/simulator/index.ts';
import {manualClock} from '../../src/testing/index.ts';
import {file, opened} from './support/files.ts';
import {caller} from './support/processes.ts';

/** A used refresh token ends the grant, and a refresh ends the old access token. */
const STRICT: TokenOptions = {graceMs: 0, revokeFamilyOnReuse: true, keepOldAccessTokens: false};

async function ownerWithExpiredToken(tokens: TokenOptions): Promise<{
  readonly simulator: Simulator;
  readonly database: string;
  readonly path: string;
}> {
  const simulator = await startSimulator({tokens});
  onTestFinished(() => simulator.close());
  const {id, vehicles} = simulator.addOwner();
  const database = file();
  await opened(database).put('user:ada', simulator.grant(id));
  simulator.expireAccessTokens();
  return {simulator, database, path: `/v2.0/vehicles/${vehicles[0]?.id}/odometer`};
}

const tokenRequests = ({journal}: Simulator): Simulator['journal'] =>
  journal.filter(({api}) => api === 'oauth');

test.each([
  [2, 25],
  [4, 10],
])('%i processes with %i calls each and one expired token refresh once', async (processes, calls) => {
  const {simulator, database, path} = await ownerWithExpiredToken(STRICT);
  const callers = await Promise.all(
    Array.from({length: processes}, () => caller(simulator, database, 'ada', path, calls)),
  );
  for (const {go} of callers) go();
  const statuses = await Promise.all(callers.map(one => one.statuses()));
  expect(statuses.flat()).toEqual(Array.from({length: processes * calls}, () => 200));
  expect(tokenRequests(simulator)).toMatchObject([{status: 200, token: 1}]);
});

test('the pair that another process stored is used by one that comes later', async () => {
  const {simulator, database, path} = await ownerWithExpiredToken(STRICT);
  for (let turn = 0; turn < 2; turn++) {
    const one = await caller(simulator, database, 'ada', path, 1);
    one.go();
    expect(await one.statuses()).toEqual([200]);
  }
  expect(tokenRequests(simulator)).toHaveLength(1);
});

test('a process killed in the middle of a refresh delays others by its lease, and loses no grant', async () => {
  const {simulator, database, path} = await ownerWithExpiredToken({});
  const {origin, env} = simulator;
  simulator.next({endpoint: 'token'}, {hang: true});
  const dying = await caller(simulator, database, 'ada', path, 1);
  dying.go();
  await expect.poll(() => tokenRequests(simulator).length).toBe(1);
  await dying.kill();

  const clock = manualClock(Date.now());
  const store = opened(database, {clock});
  const {leaseMs = 0} = store;
  const policy = createPolicy({
    auth: userTokens({clientId: env['SMARTCAR_CLIENT_ID']!, clientSecret: env['SMARTCAR_CLIENT_SECRET']!}),
    store,
    origins: {api: origin, auth: origin},
    clock,
  });
  const answer = policy.fetch({user: 'ada'})(origin + path);
  // Its 401 has to be back before time goes on.
  await expect.poll(() => simulator.journal.filter(({api}) => api === '2.0').length).toBe(2);
  await expect.poll(() => clock.waiting).toBe(1);
  await clock.advance(leaseMs - 1);
  expect(tokenRequests(simulator)).toHaveLength(1);
  await clock.advance(1_000);
  expect((await answer).status).toBe(200);
  expect(tokenRequests(simulator)).toMatchObject([
    {status: 'hung', token: 1},
    {status: 200, token: 1},
  ]);
});
