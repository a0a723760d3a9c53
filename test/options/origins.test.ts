import {beforeEach, describe, expect, test, vi} from 'vitest';
import {applicationToken, createPolicy, userTokens, withPolicy, type PolicyOptions} from '../../src/index.ts';

const VARIABLES = [
  'SMARTCAR_API_ORIGIN',
  'SMARTCAR_API_V3_ORIGIN',
  'SMARTCAR_AUTH_ORIGIN',
  'SMARTCAR_AUTH_V3_ORIGIN',
  'SMARTCAR_CONNECT_ORIGIN',
  'SMARTCAR_MANAGEMENT_API_ORIGIN',
  'SMARTCAR_CLIENT_ID',
  'SMARTCAR_CLIENT_SECRET',
];

beforeEach(() => {
  for (const name of VARIABLES) vi.stubEnv(name, undefined);
  return () => void vi.unstubAllEnvs();
});

const tokens = {access_token: 't', refresh_token: 'r', token_type: 'Bearer', expires_in: 7200};

/** Where calls with a token go to, one after the other: the token endpoint first. */
async function visited(url: string, options: PolicyOptions): Promise<readonly string[]> {
  const origins: string[] = [];
  const smartcar = withPolicy(async (input, init) => {
    const sent = new Headers(init?.headers).get('authorization');
    origins.push(
      `${new URL(new Request(input).url).origin}${sent?.startsWith('Bearer') ? ' with the token' : ''}`,
    );
    return Response.json(tokens);
  }, options);
  if (options.auth?.version === '2') {
    await smartcar.policy.tokens.save('ada', {accessToken: 'old', refreshToken: 'r', accessExpiresAt: 0});
  }
  await smartcar(url, {policy: {user: 'ada'}});
  await smartcar.policy.close();
  return origins;
}

const credentials = {clientId: 'id', clientSecret: 'secret'};
const v2 = (): PolicyOptions => ({auth: userTokens(credentials)});
const v3 = (): PolicyOptions => ({auth: applicationToken(credentials)});

test('Smartcar’s own hosts are the defaults', async () => {
  expect(await visited('https://api.smartcar.com/v2.0/vehicles', v2())).toEqual([
    'https://auth.smartcar.com',
    'https://api.smartcar.com with the token',
  ]);
  expect(await visited('https://vehicle.api.smartcar.com/v3/vehicles/a/signals', v3())).toEqual([
    'https://iam.smartcar.com',
    'https://vehicle.api.smartcar.com with the token',
  ]);
});

test('the environment is read as the official SDK reads it', async () => {
  vi.stubEnv('SMARTCAR_API_ORIGIN', 'https://api.example.com');
  vi.stubEnv('SMARTCAR_API_V3_ORIGIN', 'http://127.0.0.1:8080');
  vi.stubEnv('SMARTCAR_AUTH_ORIGIN', 'https://auth.example.com/');
  vi.stubEnv('SMARTCAR_AUTH_V3_ORIGIN', 'http://localhost:8081');
  expect(await visited('https://api.example.com/v2.0/vehicles', v2())).toEqual([
    'https://auth.example.com',
    'https://api.example.com with the token',
  ]);
  expect(await visited('http://127.0.0.1:8080/v3/vehicles/a/signals', v3())).toEqual([
    'http://localhost:8081',
    'http://127.0.0.1:8080 with the token',
  ]);
  expect(await visited('https://api.smartcar.com/v2.0/vehicles', v2())).toEqual(['https://api.smartcar.com']);
});

test('an option stands above the environment', async () => {
  vi.stubEnv('SMARTCAR_API_ORIGIN', 'not a URL at all');
  vi.stubEnv('SMARTCAR_AUTH_ORIGIN', 'https://auth.example.com');
  const connect = 'https://connect.example.com';
  const options = {...v2(), origins: {api: 'https://mine.example.com', connect}};
  expect(await visited('https://mine.example.com/v2.0/vehicles', options)).toEqual([
    'https://auth.example.com',
    'https://mine.example.com with the token',
  ]);
});

const link = (): string => new URL(createPolicy(v2()).connect.url('ada')).origin;

describe('the origin of Connect', () => {
  test('is Smartcar’s by default', () => {
    expect(link()).toBe('https://connect.smartcar.com');
  });

  test('is that of the API where that one is set, as the official SDK has it', () => {
    vi.stubEnv('SMARTCAR_API_ORIGIN', 'https://api.example.com');
    expect(link()).toBe('https://api.example.com');
  });

  test('is its own variable’s before that', () => {
    vi.stubEnv('SMARTCAR_API_ORIGIN', 'https://api.example.com');
    vi.stubEnv('SMARTCAR_CONNECT_ORIGIN', 'https://connect.example.com');
    expect(link()).toBe('https://connect.example.com');
  });
});

test.each([
  'https://api.smartcar.com',
  'https://api.smartcar.com/',
  'https://api.smartcar.com:8443',
  'http://localhost:3000',
  'http://127.0.0.1',
  'http://127.1.2.3:1',
  'http://[::1]:3000',
  'http://smartcar.localhost',
])('the origin %s is accepted', api => {
  expect(() => createPolicy({origins: {api}})).not.toThrow();
});

test.each([
  'http://api.smartcar.com',
  'http://localhost.example.com',
  'http://127.0.0.1.example.com',
  'http://192.168.0.1',
  'http://0.0.0.0',
  'https://api.smartcar.com/v2.0',
  'https://api.smartcar.com?a=1',
  'https://api.smartcar.com#a',
  'https://user@api.smartcar.com',
  'https://:password@api.smartcar.com',
  'ftp://api.smartcar.com',
  'file:///etc/passwd',
  'api.smartcar.com',
  '',
  42,
  null,
])('the origin %s is refused', api => {
  expect(() => createPolicy({origins: {api: api as string}})).toThrow(
    /^Expected `origins.api` to be an https/,
  );
});

test('a wrong origin in the environment is refused under the name of the variable, without its password', () => {
  vi.stubEnv('SMARTCAR_AUTH_ORIGIN', 'http://user:hunter2@auth.example.com/');
  expect(() => createPolicy()).toThrow(
    /^Expected SMARTCAR_AUTH_ORIGIN to be an https origin .*, got `http:\/\/…@auth/,
  );
});

test('client id and secret come from the environment, or are missed by name', async () => {
  expect(() => applicationToken()).toThrow(/`clientId` of applicationToken\(\).*SMARTCAR_CLIENT_ID/);
  vi.stubEnv('SMARTCAR_CLIENT_ID', 'id');
  expect(() => userTokens()).toThrow(/`clientSecret` of userTokens\(\).*SMARTCAR_CLIENT_SECRET/);
  vi.stubEnv('SMARTCAR_CLIENT_SECRET', 'secret');
  expect(applicationToken().clientId).toBe('id');
  expect(JSON.stringify(userTokens())).not.toContain('"secret"');
});
