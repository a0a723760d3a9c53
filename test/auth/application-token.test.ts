import {describe, expect, test} from 'vitest';
import {applicationToken, memoryStore, PolicyError} from '../../src/index.ts';
import {wire, type Wire} from './support.ts';

const auth = applicationToken({clientId: 'client', clientSecret: 'odd +/=:%ü'});
const simulator = {clientId: 'client', clientSecret: 'odd +/=:%ü'};

interface V3 extends Wire {
  /** Reads the odometer of this user's car; resolves with the status. */
  readonly read: (user: string) => Promise<number>;
  readonly users: readonly string[];
  readonly readMany: () => Promise<number[]>;
}

async function v3(policy: Parameters<typeof wire>[1] = {}): Promise<V3> {
  const made = await wire(auth, {simulator, ...policy});
  const owners = Array.from({length: 10}, () => made.simulator.addOwner());
  const cars = new Map(owners.map(({id, vehicles}) => [id, vehicles[0]?.id]));
  let reads = 0;
  const read = async (user: string): Promise<number> => {
    const url = `${made.origin}/v3/vehicles/${cars.get(user)}/signals?read=${++reads}`;
    const response = await made.policy.fetch({user})(url);
    await response.body?.cancel();
    return response.status;
  };
  const users = [...cars.keys()];
  return {...made, read, users, readMany: () => Promise.all([...users, ...users].map(read))};
}

const ok = Array.from({length: 20}, () => 200);

test('one token, asked for with the credentials in the body, serves all users', async () => {
  const {simulator: smartcar, sent, tokenRequests, readMany, users, origin} = await v3();
  expect(await readMany()).toEqual(ok);
  expect(tokenRequests()).toMatchObject([{status: 200, grantType: 'client_credentials'}]);
  expect(sent[0]?.url).toBe(`${origin}/oauth2/token`);
  expect(Object.fromEntries(sent[0]?.body ?? [])).toEqual({
    grant_type: 'client_credentials',
    client_id: 'client',
    client_secret: 'odd +/=:%ü',
  });
  expect(sent[0]?.headers.get('authorization')).toBeNull();
  const named = smartcar.journal.filter(({api}) => api === '3').map(({headers}) => headers['sc-user-id']);
  expect(new Set(named)).toEqual(new Set(users));
});

test('many 401s fetch one new token', async () => {
  const {simulator: smartcar, readMany, tokenRequests} = await v3();
  expect(await readMany()).toEqual(ok);
  smartcar.expireAccessTokens();
  expect(await readMany()).toEqual(ok);
  expect(tokenRequests()).toHaveLength(2);
});

test('the token is kept under a key of its own, without a refresh token, and found there again', async () => {
  const store = memoryStore();
  const {clock, readMany} = await v3({policy: {store}});
  const asked = clock.now();
  await readMany();
  const kept = await store.get('application:client');
  expect(kept?.tokens).toEqual({accessToken: expect.any(String), accessExpiresAt: asked + 3_600_000});
  const other = await wire(auth, {simulator, policy: {store, clock}});
  expect(await other.policy.run(({accessToken}) => accessToken)).toBe(kept?.tokens.accessToken);
  expect(other.sent).toEqual([]);
});

test('a new token follows the old one after its hour', async () => {
  const {clock, readMany, tokenRequests} = await v3();
  for (let hour = 0; hour < 5; hour++) {
    expect(await readMany()).toEqual(ok);
    await clock.advance(3_600_000);
  }
  expect(tokenRequests()).toHaveLength(5);
});

test('a call without a user sends no sc-user-id', async () => {
  const {policy} = await v3();
  const headers = await policy.run(attempt => attempt.headers);
  expect(Object.keys(headers)).toEqual(['authorization']);
});

describe('with its token endpoint in trouble', () => {
  test.each([{html: 503}, {drop: 'before'}, {drop: 'after'}, {status: 500}] as const)(
    '%j: one request at a time, then all go on',
    async reply => {
      const {simulator: smartcar, readMany, tokenRequests} = await v3();
      smartcar.next({endpoint: 'token', times: 2}, reply);
      expect(await readMany()).toEqual(ok);
      expect(tokenRequests()).toHaveLength(3);
    },
  );

  test('no owner is asked for anything, however long it lasts', async () => {
    const {simulator: smartcar, policy, read, users} = await v3();
    smartcar.next({endpoint: 'token', times: Infinity}, {html: 502});
    const error = await read(users[0] ?? '').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toMatchObject({code: 'PAUSED', retryAt: expect.any(Number)});
    expect(await policy.reauth.list()).toEqual([]);
  });

  test('calls go on with the token that still holds', async () => {
    const {simulator: smartcar, clock, readMany} = await v3();
    await readMany();
    smartcar.next({endpoint: 'token', times: Infinity}, {html: 502});
    await clock.advance(3_600_000 - 60_000);
    expect(await readMany()).toEqual(ok);
  });

  test.each([{error: 'invalid_client'}, {error: 'invalid_request'}, {error: 'invalid_grant'}])(
    '%j is for the developer, and no owner is sent away',
    async reply => {
      const {simulator: smartcar, policy, read, users} = await v3();
      smartcar.next({endpoint: 'token', times: Infinity}, reply);
      const error = await read(users[0] ?? '').catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({name: 'PolicyError', code: 'CONFIGURATION'});
      expect(await policy.reauth.list()).toEqual([]);
    },
  );
});

test('a token that somebody takes out of the store during the fetch is no reason to send owners away', async () => {
  const store = memoryStore();
  const made = await v3({
    policy: {
      store: {
        ...store,
        // Another process stored one in between, and it is gone again.
        put: () => Promise.resolve(undefined),
      },
    },
  });
  const error = await made.read(made.users[0] ?? '').catch((thrown: unknown) => thrown);
  expect(error).not.toMatchObject({code: 'REAUTH_REQUIRED'});
  expect(await made.policy.reauth.list()).toEqual([]);
});
