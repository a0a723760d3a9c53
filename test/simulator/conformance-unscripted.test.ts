import {readFile} from 'node:fs/promises';
import {describe, expect, test} from 'vitest';
import {type Answer, type Send, start, v2Owner, v3Owner} from './harness.ts';

interface Row {
  readonly api: string;
  readonly type: string | null;
  readonly code: string | null;
  readonly status: number | null;
  readonly resolution: string | null;
}

const all = JSON.parse(
  await readFile(new URL('../data/smartcar-errors.json', import.meta.url), 'utf8'),
) as readonly Row[];
const keyOf = ({type, code}: Pick<Row, 'type' | 'code'>) =>
  code === null ? String(type) : `${type}:${code}`;
const rowsOf = (api: string) =>
  all.filter(row => row.api === api && row.type !== null).map((row): [string, Row] => [keyOf(row), row]);

const emailOf = (row: Row) => `${keyOf(row).replace(':', '.')}@smartcar.com`;

type Said = Pick<Row, 'status' | 'type' | 'code' | 'resolution'>;

function saidBy({status, body}: Answer): Said {
  const {type, code, resolution} = body.errors?.[0] ?? body;
  return {status, type, code, resolution: resolution?.type ?? null};
}

function documented({status, type, code, resolution}: Row): Said {
  return {status, type, code, resolution};
}

describe('a test login makes its car say', () => {
  test.each(rowsOf('2.0'))('%s on v2', async (key, row) => {
    const simulator = await start();
    const {vehicle, send} = v2Owner(simulator, {email: emailOf(row)});
    // Only commands need the key.
    const command = key === 'CONNECTED_SERVICES_ACCOUNT:VIRTUAL_KEY_REQUIRED';
    const path = `/v2.0/vehicles/${vehicle}/${command ? 'security' : 'odometer'}`;
    const answer = await (command ? send('POST', path, {action: 'LOCK'}) : send('GET', path));
    expect(saidBy(answer)).toEqual(documented(row));
  });

  /** Codes of v2, which v3's cars translate. */
  const translated = new Set(['RESOURCE_NOT_FOUND:PATH', 'RESOURCE_NOT_FOUND:VERSION']);
  const own = rowsOf('3').filter(([key]) => !translated.has(key));

  test('all that v3 has but two', () => {
    expect([rowsOf('3').length, own.length]).toEqual([49, 47]);
  });

  test.each(own)('%s on v3', async (_key, row) => {
    const simulator = await start();
    const {vehicle, send} = await v3Owner(simulator, {email: emailOf(row)});
    const answer = await send('POST', `/v3/vehicles/${vehicle}/commands/security/lock`);
    expect(saidBy(answer)).toEqual(documented(row));
    expect(simulator.commandCount(vehicle)).toBe(0);
  });
});

type Simulator = Awaited<ReturnType<typeof start>>;

/** Where somebody, or something, really is in the way. */
describe('without login or script, circumstances make v2 say', () => {
  interface Scene {
    readonly simulator: Simulator;
    readonly owner: string;
    readonly vehicle: string;
    readonly car: string;
    readonly send: Send;
  }
  const circumstances: Readonly<Record<string, (scene: Scene) => Promise<Answer>>> = {
    VALIDATION: ({send}) => send('GET', '/v2.0/vehicles?limit=many'),
    AUTHENTICATION({simulator, send}) {
      simulator.expireAccessTokens();
      return send('GET', '/v2.0/vehicles');
    },
    PERMISSION({simulator, owner, car, send}) {
      simulator.revoke({owner, how: 'permission', permission: 'read_odometer'});
      return send('GET', `${car}/odometer`);
    },
    'RESOURCE_NOT_FOUND:PATH': ({send}) => send('GET', '/v2.0/nothing'),
    'RESOURCE_NOT_FOUND:VERSION': ({send}) => send('GET', '/v1.0/vehicles'),
    'COMPATIBILITY:VEHICLE_NOT_CAPABLE': ({car, send}) => send('GET', `${car}/fuel`),
    'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED'({simulator, owner, vehicle, car, send}) {
      simulator.revoke({owner, how: 'login', vehicle});
      return send('GET', `${car}/odometer`);
    },
    'CONNECTED_SERVICES_ACCOUNT:VIRTUAL_KEY_REQUIRED'({simulator, vehicle, car, send}) {
      simulator.vehicle(vehicle).virtualKey = false;
      return send('POST', `${car}/security`, {action: 'LOCK'});
    },
    async 'RATE_LIMIT:SMARTCAR_API'({simulator, send}) {
      simulator.setLimits({application: {size: 1, perMinute: 1}});
      await send('GET', '/v2.0/vehicles');
      return send('GET', '/v2.0/vehicles');
    },
    async 'RATE_LIMIT:VEHICLE'({simulator, car, send}) {
      simulator.setLimits({vehicle: {size: 1, everyMs: 1000}});
      await send('GET', `${car}/vin`);
      return send('GET', `${car}/vin`);
    },
    async 'UPSTREAM:RATE_LIMIT'({simulator, car, send}) {
      simulator.setLimits({maker: {size: 1, everyMs: 1000}});
      await send('GET', `${car}/odometer`);
      return send('GET', `${car}/odometer`);
    },
    'BILLING:VEHICLE_REQUEST_LIMIT'({simulator, car, send}) {
      simulator.setLimits({monthly: {calls: 0}});
      return send('GET', `${car}/vin`);
    },
    'VEHICLE_STATE:CHARGING_PLUG_NOT_CONNECTED'({simulator, vehicle, car, send}) {
      simulator.vehicle(vehicle).pluggedIn = false;
      return send('POST', `${car}/charge`, {action: 'START'});
    },
  };

  const cases = rowsOf('2.0').filter(([key]) => Object.hasOwn(circumstances, key));

  test('what is in the data', () => {
    expect(cases).toHaveLength(Object.keys(circumstances).length);
    expect(cases).toHaveLength(13);
  });

  test.each(cases)('%s', async (key, row) => {
    const simulator = await start();
    const {owner, vehicle, send} = v2Owner(simulator);
    const scene = {simulator, owner: owner.id, vehicle, car: `/v2.0/vehicles/${vehicle}`, send};
    const answer = await circumstances[key]?.(scene);
    expect(answer && saidBy(answer)).toEqual(documented(row));
    expect(simulator.journal.every(entry => !entry.scripted)).toBe(true);
  });
});
