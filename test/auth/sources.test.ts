import {describe, expect, test} from 'vitest';
import {applicationToken} from '../../src/auth/application-token.ts';
import {userTokens} from '../../src/auth/user-tokens.ts';
import {DEFAULT_ORIGINS as origins} from '../../src/options.ts';
import type {AuthMethod, Tokens, TokenSource} from '../../src/ports.ts';
import {manualClock} from '../../src/testing/index.ts';
import {rejection} from '../tokens/support/bench.ts';

const CREDENTIALS = {clientId: 'client', clientSecret: 'secret-canary'};
const REDIRECT = 'https://product.example/callback';
const OLD: Tokens = {accessToken: 'old', refreshToken: 'refresh-canary', accessExpiresAt: 0};

interface Asked {
  readonly url: string;
  readonly authorization: string | null;
  readonly body: Record<string, string>;
}

/** A source before an endpoint that answers after a second. */
function opened(
  auth: AuthMethod,
  answer: object,
  status = 200,
): {source: TokenSource; asked: Asked[]; startedAt: number} {
  const clock = manualClock();
  const asked: Asked[] = [];
  const source = auth.open({
    origins,
    clock,
    async fetch(url, init) {
      const body = Object.fromEntries(init?.body as URLSearchParams);
      asked.push({url: url as string, authorization: new Headers(init?.headers).get('authorization'), body});
      clock.set(clock.now() + 1_000);
      return Response.json(answer, {status});
    },
  });
  return {source, asked, startedAt: clock.now()};
}

describe('one token for the application', () => {
  const auth = applicationToken(CREDENTIALS);
  const answer = {access_token: 'new', refresh_token: 'none of ours'};

  test('is named by its client, and serves every user', () => {
    expect(auth).toMatchObject({clientId: 'client', version: '3'});
    const {source} = opened(auth, answer);
    expect(source).toMatchObject({api: 'oauth-v3', perUser: false});
    expect([source.key('ada'), source.key(undefined)]).toEqual(['application:client', 'application:client']);
    expect(source.headers('t', 'ada')).toStrictEqual({authorization: 'Bearer t', 'sc-user-id': 'ada'});
    expect(source.headers('t', undefined)).toStrictEqual({authorization: 'Bearer t'});
  });

  test('lives for an hour from before it was asked for', async () => {
    const {source, asked, startedAt} = opened(auth, answer);
    expect(await source.renew(undefined)).toMatchObject({
      accessToken: 'new',
      accessExpiresAt: startedAt + 3_600_000,
    });
    const body = {grant_type: 'client_credentials', client_id: 'client', client_secret: 'secret-canary'};
    expect(asked).toEqual([{url: `${origins.authV3}/oauth2/token`, authorization: null, body}]);
  });

  test('is refused without its secret', async () => {
    const {source} = opened(auth, {error: 'invalid_client', error_description: 'not secret-canary'}, 401);
    expect(JSON.stringify(await rejection(source.renew(undefined)))).not.toContain('canary');
  });
});

const pair = (startedAt: number): Tokens => ({
  accessToken: 'new',
  accessExpiresAt: startedAt + 7_200_000,
  refreshToken: 'next',
  refreshExpiresAt: startedAt + 60 * 86_400_000,
});

describe('a pair for each owner', () => {
  const auth = userTokens({...CREDENTIALS, redirectUri: REDIRECT});
  const answer = {access_token: 'new', refresh_token: 'next'};
  const basic = `Basic ${Buffer.from('client:secret-canary').toString('base64')}`;

  test('is named by its owner', () => {
    expect(auth).toMatchObject({clientId: 'client', version: '2', redirectUri: REDIRECT});
    expect(userTokens(CREDENTIALS)).not.toHaveProperty('redirectUri');
    const {source} = opened(auth, answer);
    expect(source).toMatchObject({api: 'oauth-v2', perUser: true});
    expect([source.key('ada'), source.key(undefined)]).toEqual(['user:ada', 'user:']);
    expect(source.headers('t', 'ada')).toStrictEqual({authorization: 'Bearer t'});
  });

  test('lives for two hours and sixty days from before it was asked for', async () => {
    const {source, asked, startedAt} = opened(auth, answer);
    expect(await source.renew(OLD)).toEqual(pair(startedAt));
    const body = {grant_type: 'refresh_token', refresh_token: 'refresh-canary'};
    expect(asked).toEqual([{url: `${origins.auth}/oauth/token`, authorization: basic, body}]);
  });

  test.each([undefined, {accessToken: 'old', accessExpiresAt: 0}])(
    'is not renewed without a refresh token: %j',
    async current => {
      const {source, asked} = opened(auth, answer);
      expect(await rejection(source.renew(current))).toMatchObject({code: 'CONFIGURATION'});
      expect(asked).toEqual([]);
    },
  );

  test.each([
    [REDIRECT, {redirect_uri: REDIRECT}],
    [undefined, {}],
  ])('comes for the code from Connect, with the URI that it went to: %s', async (uri, more) => {
    const {source, asked, startedAt} = opened(auth, answer);
    expect(await source.exchange?.('code-canary', uri)).toEqual(pair(startedAt));
    expect(asked).toEqual([
      {
        url: `${origins.auth}/oauth/token`,
        authorization: basic,
        body: {grant_type: 'authorization_code', code: 'code-canary', ...more},
      },
    ]);
  });

  test.each(['secret-canary', basic.slice(6), 'refresh-canary'])(
    'hides %s in what is refused',
    async secret => {
      const {source} = opened(auth, {error: 'invalid_grant', error_description: `not ${secret}`}, 400);
      expect(await rejection(source.renew(OLD))).toMatchObject({error_description: 'not [redacted]'});
    },
  );
});
