import {existsSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, expect, onTestFinished, test} from 'vitest';
import {begin, beginInto, beginSimulator, json, run} from './process.ts';

describe('the start', () => {
  test('prints a script that points the SDKs here, and who is there', async () => {
    const running = begin('simulator', '--port', '0', '--seed', '5');
    const text = await running.printed(/Ctrl/);
    const lines = text.trimEnd().split('\n');
    expect(lines.filter(line => !line.startsWith('export ') && !line.startsWith('#'))).toEqual([]);
    const env = Object.fromEntries(
      lines.flatMap(line => {
        const [, name, value] = /^export (\w+)=(.*)$/.exec(line) ?? [];
        return name === undefined ? [] : [[name, value]];
      }),
    ) as Record<string, string>;
    expect(env).toMatchObject({
      SMARTCAR_CLIENT_ID: 'client_simulator',
      SMARTCAR_CLIENT_SECRET: 'simulator-secret',
      SMARTCAR_AUTH_ORIGIN: env['SMARTCAR_API_ORIGIN'],
    });
    const token = await json(`${env['SMARTCAR_AUTH_V3_ORIGIN']}/oauth2/token`, {
      method: 'POST',
      body: JSON.stringify({
        grant_type: 'client_credentials',
        client_id: env['SMARTCAR_CLIENT_ID'],
        client_secret: env['SMARTCAR_CLIENT_SECRET'],
      }),
    });
    expect(token['expires_in']).toBe(3600);
    expect(text).toContain(`# Control         ${env['SMARTCAR_API_ORIGIN']}/simulator\n`);
    expect(text).toContain(`# Connect         ${env['SMARTCAR_CONNECT_ORIGIN']}/oauth/authorize\n`);
    expect(text).toContain('# Seed            5\n');
    expect(text).toMatch(/# ada@example\.com, user id ada\n# {3}[\da-f-]{36} {2}TESLA Model 3 2023\n/);
    expect(text).toMatch(/# bob@example\.com, user id bob\n.*VOLKSWAGEN ID\.4 2022\n.*FORD Transit 2019\n/);
  });

  test('says no more than the exports when it is to be quiet', async () => {
    const running = begin('simulator', '--port', '0', '--quiet', '--origins', 'several');
    const lines = (await running.printed(/SECRET.*\n/)).trimEnd().split('\n');
    expect(lines.map(line => line.replace(/=.*/, ''))).toEqual([
      'export SMARTCAR_API_ORIGIN',
      'export SMARTCAR_API_V3_ORIGIN',
      'export SMARTCAR_VEHICLE_API_V3_ORIGIN',
      'export SMARTCAR_VEHICLE_API_ORIGIN',
      'export SMARTCAR_AUTH_ORIGIN',
      'export SMARTCAR_AUTH_V3_ORIGIN',
      'export SMARTCAR_CONNECT_ORIGIN',
      'export SMARTCAR_MANAGEMENT_API_ORIGIN',
      'export SMARTCAR_CLIENT_ID',
      'export SMARTCAR_CLIENT_SECRET',
    ]);
    expect(new Set(lines.slice(0, 8).map(line => line.replace(/.*=/, ''))).size).toBe(6);
  });

  test('gives the same cars for the same seed', async () => {
    const [one, two, three] = await Promise.all([
      beginSimulator('--seed', '42'),
      beginSimulator('--seed', '42'),
      beginSimulator('--seed', '43'),
    ]);
    expect(one.started.owners).toEqual(two.started.owners);
    expect(one.started.owners[0]?.vehicles[0]?.id).not.toBe(three.started.owners[0]?.vehicles[0]?.id);
  });

  test('on a port that is taken says so and how to go on', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise(resolve => void server.once('listening', resolve));
    const {port} = server.address() as AddressInfo;
    expect(await run('simulator', '--port', String(port))).toEqual({
      code: 1,
      stdout: '',
      stderr: `error: Port ${port} is taken: choose another with --port, or --port 0 for any free one.\n`,
    });
  });
});

describe('the end', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'comes with %s, cuts what hangs, and is no failure',
    async signal => {
      const {child, ended, started} = await beginSimulator();
      await json(`${started.control}/script`, {
        method: 'POST',
        body: JSON.stringify({match: {path: '/v2.0/user'}, reply: {hang: true}}),
      }).catch(() => {});
      const hanging = fetch(`${started.origin}/v2.0/user`).catch(() => 'cut');
      while ((await json(`${started.control}/journal`)).entries.length === 0);
      child.kill(signal);
      expect(await hanging).toBe('cut');
      expect(await ended).toMatchObject({code: 0, stderr: ''});
    },
  );

  test('of whoever reads the output is not the end of the simulator', async () => {
    const {child, ended, started} = await beginSimulator('--journal');
    child.stdout.destroy();
    child.stderr.destroy();
    for (let count = 0; count < 3; count += 1) {
      await fetch(`${started.origin}/v2.0/user`);
      await new Promise(resolve => void setTimeout(resolve, 60));
    }
    expect((await fetch(`${started.origin}/v2.0/user`)).status).toBe(401);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });
});

test.skipIf(!existsSync('/dev/full'))('output that finds no room is told about in one line', async () => {
  const running = beginInto('/dev/full', 'simulator', '--port', '0', '--quiet');
  expect(await running.printed(/\n/, 'stderr')).toBe("error: The output can't be written: ENOSPC\n");
  running.child.kill('SIGTERM');
  expect((await running.ended).code).toBe(1);
});

describe('options', () => {
  test('--speed lets tokens of two hours die in moments', async () => {
    const {started} = await beginSimulator('--speed', '3600000');
    const tokens = await json(`${started.control}/owners/ada/grant`, {method: 'POST'});
    const status = async () =>
      (
        await fetch(`${started.origin}/v2.0/user`, {
          headers: {authorization: `Bearer ${tokens['accessToken']}`},
        })
      ).status;
    await new Promise(resolve => void setTimeout(resolve, 10));
    expect(await status()).toBe(401);
    expect(Number(tokens['accessExpiresAt'])).toBeGreaterThan(Date.now());
  });

  test('--limits and --latency hold', async () => {
    const {started} = await beginSimulator('--limits', 'application=1/1', '--latency', '3600000');
    const {accessToken} = await json(`${started.control}/owners/ada/grant`, {method: 'POST'});
    const answers = [1, 2].map(() =>
      fetch(`${started.origin}/v2.0/user`, {headers: {authorization: `Bearer ${accessToken}`}}),
    );
    const early = await Promise.race([
      ...answers,
      new Promise<string>(resolve => void setTimeout(resolve, 100, 'nothing yet')),
    ]);
    expect(early).toBe('nothing yet');
    await json(`${started.control}/clock/advance`, {method: 'POST', body: '{"ms": 3600000}'});
    const statuses = (await Promise.all(answers)).map(({status}) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
  });

  test('--journal tells each request in a line, and no secret', async () => {
    const running = begin('simulator', '--port', '0', '--journal');
    const origin = /_API_ORIGIN=(.*)/.exec(await running.printed(/Ctrl/))?.[1] ?? '';
    const {accessToken, refreshToken} = await json(`${origin}/simulator/owners/ada/grant`, {method: 'POST'});
    await json(`${origin}/simulator/script`, {
      method: 'POST',
      body: '{"match": {"path": "/user"}, "reply": {"error": "UPSTREAM:NO_RESPONSE"}}',
    }).catch(() => {});
    await fetch(`${origin}/v2.0/user`, {headers: {authorization: `Bearer ${accessToken}`}});
    const {owners} = (await json(`${origin}/simulator/owners`)) as {
      owners: {vehicles: {id: string}[]}[];
    };
    await fetch(`${origin}/v2.0/vehicles/${owners[0]?.vehicles[0]?.id}/security`, {
      method: 'POST',
      headers: {authorization: `Bearer ${accessToken}`, 'content-type': 'application/json'},
      body: '{"action": "LOCK"}',
    });
    await fetch(`${origin}/oauth/token`, {
      method: 'POST',
      headers: {authorization: `Basic ${btoa('client_simulator:simulator-secret')}`},
      body: new URLSearchParams({grant_type: 'refresh_token', refresh_token: String(refreshToken)}),
    });
    const lines = (await running.printed(/oauth\/token.*\n/, 'stderr')).trimEnd().split('\n');
    expect(lines.map(line => line.replace(/^[\dT:.-]+Z /, '').replace(/[\da-f-]{36}/, 'car'))).toEqual([
      'GET /v2.0/user user=ada token=1 502 UPSTREAM:NO_RESPONSE scripted',
      'POST /v2.0/vehicles/car/security user=ada token=1 200 carried-out',
      'POST /oauth/token user=ada token=1 200',
    ]);
    expect(lines.join('\n')).not.toMatch(new RegExp(`${accessToken}|${refreshToken}|simulator-secret`));
  });
});
