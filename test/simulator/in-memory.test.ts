import {expect, test} from 'vitest';
import {smartcarInMemory} from '../../src/simulator/in-memory.ts';
import {startSimulator} from '../../src/simulator/index.ts';
import type {Owner, SimulatorOptions} from '../../src/simulator/index.ts';

const OPTIONS = {
  seed: 11,
  clock: {now: () => 1_800_000_000_000},
  limits: {
    application: {size: 24, perMinute: 2, retryAfter: true},
    vehicle: {size: 8, everyMs: 30_000},
    maker: {size: 2, everyMs: 600_000},
    monthly: {calls: 5},
  },
} as const satisfies SimulatorOptions;

const HOSTS = ['api', 'apiV3', 'auth', 'authV3', 'connect', 'management'] as const;

/** What is asked, in terms of one host and the tokens that were given out before. */
interface Question {
  readonly host: (typeof HOSTS)[number];
  readonly path: string;
  readonly init?: RequestInit;
}

type Ask = (question: Question) => Promise<Response>;

const form = (fields: Record<string, string>, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
  headers,
});

const basic = `Basic ${Buffer.from('client_simulator:simulator-secret').toString('base64')}`;

/** Every kind of question, limits, quota, tokens and mistakes among them; the answers in order. */
async function conversation(ask: Ask, owner: Owner, refreshToken: string): Promise<unknown[]> {
  const said: unknown[] = [];
  async function put(question: Question): Promise<{readonly access_token?: string}> {
    const response = await ask(question);
    const text = await response.text();
    const headers = [...response.headers].filter(
      ([name]) => !['connection', 'date', 'keep-alive', 'content-length', 'transfer-encoding'].includes(name),
    );
    said.push({status: response.status, headers, text});
    return (text.startsWith('{') ? JSON.parse(text) : {}) as {readonly access_token?: string};
  }
  const car = owner.vehicles[0]?.id ?? '';
  const pair = await put({
    host: 'auth',
    path: '/oauth/token',
    init: form({grant_type: 'refresh_token', refresh_token: refreshToken}, {authorization: basic}),
  });
  const application = await put({
    host: 'authV3',
    path: '/oauth2/token',
    init: form({
      grant_type: 'client_credentials',
      client_id: 'client_simulator',
      client_secret: 'simulator-secret',
    }),
  });
  await put({host: 'auth', path: '/oauth/token', init: form({grant_type: 'refresh_token'})});
  const v2 = {authorization: `Bearer ${pair.access_token}`};
  const v3 = {authorization: `Bearer ${application.access_token}`, 'sc-user-id': owner.id};
  await put({host: 'api', path: `/v2.0/vehicles/${car}/odometer`});
  await put({host: 'api', path: '/v2.0/vehicles', init: {headers: v2}});
  await put({host: 'api', path: `/v2.0/vehicles/${car}/odometer`, init: {headers: v2}});
  await put({
    host: 'api',
    path: `/v2.0/vehicles/${car}/charge`,
    init: {method: 'POST', headers: {...v2, 'content-type': 'application/json'}, body: '{"action":"START"}'},
  });
  await put({host: 'api', path: `/v2.0/vehicles/${car}/battery`, init: {headers: v2}});
  for (let times = 0; times < 7; times++) {
    await put({
      host: 'apiV3',
      path: `/v3/vehicles/${car}/signals/odometer-traveleddistance`,
      init: {headers: v3},
    });
  }
  await put({
    host: 'apiV3',
    path: `/v3/vehicles/${car}/commands/charge/stop`,
    init: {method: 'POST', headers: v3},
  });
  await put({host: 'apiV3', path: '/v3/nothing', init: {headers: v3}});
  await put({host: 'apiV3', path: `/v3/vehicles/${car}`, init: {method: 'DELETE', headers: v3}});
  await put({host: 'api', path: '/v2.0/vehicles/?limit=1', init: {headers: {authorization: 'Bearer none'}}});
  for (let times = 0; times < 14; times++)
    await put({host: 'apiV3', path: '/v3/connections', init: {headers: v3}});
  return said;
}

test('without a socket it answers as it does over HTTP: status, headers and body', async () => {
  await using http = await startSimulator({...OPTIONS, origins: 'several'});
  const ada = http.addOwner({id: 'ada'});
  const overHttp = await conversation(
    ({host, path, init}) => fetch(`${http.origins[host]}${path}`, init ?? {}),
    ada,
    http.grant('ada').refreshToken,
  );

  const {world, receive} = smartcarInMemory(OPTIONS, http.origins);
  const owner = world.fleet.add({id: 'ada'});
  const {refreshToken} = world.tokens.grant(owner, owner.scope, owner.vehicleIds);
  const inMemory = await conversation(
    async ({host, path, init}) => {
      const {handle, answer} = await receive(`${http.origins[host]}${path}`, init);
      return answer(handle());
    },
    ada,
    refreshToken,
  );

  expect(inMemory).toEqual(overHttp);
  const statuses = new Set(overHttp.map(answer => (answer as {status: number}).status));
  expect(statuses).toEqual(new Set([200, 400, 401, 404, 429, 430, 502]));
});

test('a host that is not one of its own is refused', async () => {
  const names = Object.fromEntries(HOSTS.map(host => [host, `https://${host}.example`]));
  const {receive} = smartcarInMemory(OPTIONS, names as Record<(typeof HOSTS)[number], string>);
  await expect(receive('https://elsewhere.example/v2.0/vehicles')).rejects.toThrow(
    'Expected a URL of https://api.example',
  );
});
