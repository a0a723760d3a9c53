import {createHmac} from 'node:crypto';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {explained, somewhere} from '../cli/explain-support.ts';
import {Canaries, everythingIn} from './support/canaries.ts';
import {
  applicationToken,
  createPolicy,
  explain,
  memoryStore,
  sqliteStore,
  userTokens,
} from './support/front-door.ts';
import {AMT, asked, CLIENT_SECRET, KEY, PASSWORD, shown, world} from './support/secret-world.ts';

const sign = (text: string, key: string): string => createHmac('sha256', key).update(text).digest('hex');

test('no secret comes out of a redirect that brings a code, however it goes wrong', async () => {
  const all = await world({store: sqliteStore(':memory:', {encryptionKey: KEY})});
  const {canaries, policy, simulator} = all;
  const back = async (): Promise<Request> => {
    const answer = await fetch(policy.connect.url('ada'), {redirect: 'manual'});
    const url = new URL(answer.headers.get('location') ?? '');
    canaries.add('code', url.searchParams.get('code'));
    return new Request(url);
  };
  const handle = async (request: Request, options: object = {}): Promise<void> => {
    const end = await policy.connect.handleCallback(request, options).catch((error: unknown) => error);
    canaries.show('handleCallback()', end);
    canaries.show('explain()', explain(end));
  };
  await handle(await back());
  const first = await back();
  await handle(first);
  await handle(first);
  await handle(await back(), {user: 'bob'});
  const tampered = new URL((await back()).url);
  tampered.searchParams.set('state', `${tampered.searchParams.get('state') ?? ''}x`);
  await handle(new Request(tampered));
  const given = await back();
  const code = new URL(given.url).searchParams.get('code') ?? '';
  const echo = `no ${code} ${CLIENT_SECRET}`;
  simulator.next({endpoint: 'token'}, {error: 'invalid_grant', description: echo});
  await handle(given);
  simulator.next({endpoint: 'token'}, {status: 503, body: {error: code, error_description: echo}});
  await handle(await back());
  const denied = new URL((await back()).url);
  denied.searchParams.delete('code');
  denied.searchParams.set('error', 'access_denied');
  denied.searchParams.set('error_description', 'words');
  await handle(new Request(denied));
  expect(canaries.size).toBeGreaterThan(10);
  expect(shown(all)).toEqual([]);
});

test('nor out of webhooks, signed well or badly', async () => {
  const all = await world();
  const {canaries, policy, car} = all;
  const event = {
    eventId: 'e',
    eventType: 'VEHICLE_ERROR',
    meta: {version: '4.0'},
    data: {vehicle: {id: car}, errors: []},
  };
  const bodies = [
    JSON.stringify(event),
    JSON.stringify({eventId: 'v', eventType: 'VERIFY', data: {challenge: 'c'}, meta: {version: '4.0'}}),
    '{"half":',
    JSON.stringify({...event, eventType: AMT}),
  ];
  for (const body of bodies)
    for (const signature of [sign(body, AMT), sign(body, 'other'), AMT, '']) {
      const request = new Request('https://product.example/hook', {
        method: 'POST',
        headers: {'sc-signature': signature},
        body,
      });
      const response = await policy.webhooks.handle(request).catch((error: unknown) => error);
      const isProof = body.includes('VERIFY') && signature === sign(body, AMT);
      canaries.show(
        'webhooks.handle()',
        response instanceof Response && !isProof ? await response.text() : response,
      );
    }
  expect(
    shown(all).filter(
      leak => !/^managementToken in (event|channel) .*webhook$|^managementToken in the log$/.test(leak),
    ),
  ).toEqual([]);
});

test('nor out of a passphrase in an origin, a key of the wrong length, a secret in the wrong place', async () => {
  const all = await world();
  const {canaries} = all;
  const attempts: (() => unknown)[] = [
    () => createPolicy({origins: {api: `https://user:${PASSWORD}@api.smartcar.com`}}),
    () => createPolicy({origins: {api: `http://user:${PASSWORD}@api.smartcar.com/x?y`}}),
    () => createPolicy({connect: {stateSecret: PASSWORD.slice(0, 3)}}),
    () => sqliteStore(':memory:', {encryptionKey: `${KEY.toString()}x`}),
    () => sqliteStore(':memory:', {encryptionKey: KEY.subarray(1)}),
    () => userTokens({clientId: 'x', clientSecret: [CLIENT_SECRET] as never}),
    () => applicationToken({clientId: 'x', clientSecret: {a: CLIENT_SECRET} as never}),
    () => createPolicy({webhooks: {applicationManagementToken: [AMT] as never}}),
    () => createPolicy({auth: {clientSecret: CLIENT_SECRET} as never}),
    () => createPolicy({store: {password: PASSWORD} as never}),
  ];
  for (const attempt of attempts) {
    try {
      canaries.show('what was made', attempt());
    } catch (error) {
      canaries.show(`what was thrown by ${String(attempt)}`, error);
    }
  }
  const userinfo = all.simulator.origin.replace('//', `//user:${PASSWORD}@`);
  const call = all.policy.fetch({user: 'ada'})(`${userinfo}/v2.0/vehicles/x/odometer`);
  await call.catch(() => undefined);
  const stored = await all.policy.tokens
    .save('ada', {accessToken: 5, refreshToken: PASSWORD} as never)
    .catch((error: unknown) => error);
  canaries.show('a pair that is none', stored);
  const leaks = shown(all);
  expect(leaks).toEqual([]);
});

test('no token stands in an encrypted file, nor in the store that is inspected', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'smartcar-secrets-'));
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
  const store = sqliteStore(join(folder, 'tokens.db'), {encryptionKey: KEY});
  const all = await world({store});
  await all.clock.advance(7_200_000);
  await asked(all);
  all.canaries.show('the store', [store, memoryStore()]);
  for (const file of readdirSync(folder))
    all.canaries.show(file, readFileSync(join(folder, file)).toString('latin1'));
  expect(shown(all)).toEqual([]);
});

test('nor in what the command line explains, from a log that holds all of them', async () => {
  const canaries = new Canaries({clientSecret: CLIENT_SECRET, token: AMT, password: PASSWORD});
  const body = {type: 'VALIDATION', code: null, statusCode: 400, description: `no ${AMT} for you`};
  const headers = {authorization: `Bearer ${AMT}`, cookie: `session=${PASSWORD}`};
  const url = `https://api.smartcar.com/v2.0/vehicles/1/odometer?access_token=${AMT}`;
  const log = {
    request: {method: 'POST', url, headers, body: `{"pin":"${PASSWORD}"}`},
    response: {status: 400, body},
  };
  const inputs = [
    JSON.stringify(log),
    JSON.stringify({err: log}),
    `HTTP/1.1 400 Bad Request\r\nset-cookie: a=${PASSWORD}\r\n\r\n${JSON.stringify({...body, description: 'words'})}`,
    `https://product.example/callback?error=access_denied&error_description=words&code=${AMT}&state=${PASSWORD}`,
    `{"half": "${PASSWORD}"`,
  ];
  for (const input of inputs)
    for (const args of [
      [],
      ['--json'],
      ['--request-header', `authorization: Basic ${btoa(`id:${PASSWORD}`)}`],
    ]) {
      const end = await explained(args, somewhere(input)).catch((error: unknown) => error);
      canaries.show('explain', end);
    }
  expect(canaries.leaks()).toEqual([]);
  expect(everythingIn(await explained([], somewhere(inputs[0])))).toContain('VALIDATION');
});
