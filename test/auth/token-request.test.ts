import * as openidClient from 'openid-client';
import {describe, expect, test} from 'vitest';
import {tokenClient, tokensFrom, type TokenClient} from '../../src/auth/token-request.ts';

const SECRET = 'secret-canary';
const ENDPOINT = new URL('https://auth.example/oauth/token');

const SENT = new URLSearchParams({refresh_token: 'refresh-canary', code: 'code-canary'});

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
}

/** A client before an endpoint that gives this answer. */
function before(answer: Response, endpoint = ENDPOINT): {client: () => Promise<TokenClient>; asked: Asked[]} {
  const asked: Asked[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    asked.push({url: url as string, init: init ?? {}});
    return answer;
  };
  const client = tokenClient({fetch}, endpoint, 'client', openid => openid.ClientSecretPost(SECRET), [
    SECRET,
  ]);
  return {client, asked};
}

/** What openid-client gets to see. */
async function seen(
  answer: Response,
  ...given: [body?: openidClient.FetchBody]
): Promise<{response: Response; text: string; asked: Asked[]}> {
  const [body] = given.length > 0 ? given : [SENT];
  const {client, asked} = before(answer);
  const {openid, config} = await client();
  const response = await config[openid.customFetch]!(ENDPOINT.href, {
    body,
    headers: {},
    method: 'POST',
    redirect: 'manual',
    duplex: 'half',
  });
  return {response, text: await response.text(), asked};
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {status, headers});

describe('the client', () => {
  test('is made once, and waits for an answer shorter than the lock is held', async () => {
    const {client} = before(json({}));
    const [first, second] = await Promise.all([client(), client()]);
    expect(first).toBe(second);
    expect(first.openid.customFetch).toBe(openidClient.customFetch);
    expect(first.config.timeout).toBe(20);
    expect(first.config.serverMetadata()).toMatchObject({
      issuer: 'https://auth.example',
      token_endpoint: ENDPOINT.href,
    });
  });

  test('asks with what openid-client gives, and without what a fetch may not know', async () => {
    const {asked} = await seen(json({}));
    expect(asked[0]?.url).toBe(ENDPOINT.href);
    expect(asked[0]?.init).toMatchObject({
      method: 'POST',
      redirect: 'manual',
      body: expect.any(URLSearchParams),
    });
    expect(asked[0]?.init).not.toHaveProperty('duplex');
  });

  test.each([null, undefined])('gives no body where there is none: %s', async body => {
    expect((await seen(json({}), body)).asked[0]?.init).not.toHaveProperty('body');
  });

  test('speaks plain HTTP where its endpoint does', async () => {
    const tokens = {access_token: 'new', token_type: 'bearer'};
    const {client} = before(json(tokens), new URL('http://127.0.0.1:1/oauth/token'));
    const {openid, config} = await client();
    expect(await openid.clientCredentialsGrant(config)).toMatchObject({access_token: 'new'});
  });
});

describe('an answer with a pair', () => {
  const PAIR = {access_token: 'new', refresh_token: 'next', expires_in: 3600};

  test.each<[what: string, answer: object, read: object]>([
    ['as documented', PAIR, {...PAIR, token_type: 'bearer'}],
    [
      'with more than is read',
      {...PAIR, token_type: 'Car', scope: [1], id_token: 5},
      {...PAIR, token_type: 'bearer'},
    ],
    ['with a life in a text', {...PAIR, expires_in: '60'}, {...PAIR, expires_in: 60, token_type: 'bearer'}],
    ...[0, -1, 'soon', null, undefined, [], '1e999'].map((expires_in): [string, object, object] => [
      `with a life of ${JSON.stringify(expires_in)}`,
      {...PAIR, expires_in},
      {access_token: 'new', refresh_token: 'next', token_type: 'bearer'},
    ]),
    ...['', null, 5, {}].map((refresh_token): [string, object, object] => [
      `with a refresh token of ${JSON.stringify(refresh_token)}`,
      {...PAIR, refresh_token},
      {access_token: 'new', expires_in: 3600, token_type: 'bearer'},
    ]),
  ])('is read %s', async (_, answer, read) => {
    const {response, text} = await seen(json(answer));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(JSON.parse(text)).toEqual(read);
  });

  test('is kept whole, also where it repeats what was sent', async () => {
    const {text} = await seen(json({access_token: 'refresh-canary', refresh_token: SECRET}));
    expect(JSON.parse(text)).toMatchObject({access_token: 'refresh-canary', refresh_token: SECRET});
  });
});

describe('an answer without one', () => {
  test('is kept without what was sent, in whatever letters', async () => {
    const said = 'no refresh-canary, code-canary, secret-canary';
    const {response, text} = await seen(json({error: 'invalid_grant', error_description: said, n: 5}, 400));
    expect(response.status).toBe(400);
    expect(JSON.parse(text)).toEqual({
      error: 'invalid_grant',
      error_description: 'no [redacted], [redacted], [redacted]',
      n: 5,
    });
    const escaped = new Response('{"error_description":"refresh\\u002dcanary"}', {status: 400});
    expect((await seen(escaped)).text).toBe('{"error_description":"[redacted]"}');
    const named = new Response('{"secret-canary":1}', {status: 201});
    expect((await seen(named)).text).toBe('{"[redacted]":1}');
  });

  test.each([
    ['<p>secret-canary</p>', '<p>[redacted]</p>'],
    ['["refresh-canary"]', '["[redacted]"]'],
    ['null', 'null'],
    ['5', '5'],
    ['', ''],
  ])('of %j, which is no object, has the type that it came with', async (body, shown) => {
    const {response, text} = await seen(new Response(body, {status: 200, headers: {'content-type': 'a/b'}}));
    expect(text).toBe(shown);
    expect(response.headers.get('content-type')).toBe('a/b');
    expect(response.body === null).toBe(body === '');
  });

  test('needs no form: what is hidden besides is no matter of it', async () => {
    expect((await seen(json({error: 'no secret-canary'}, 400), 'refresh_token=x')).text).toBe(
      '{"error":"no [redacted]"}',
    );
  });

  test('loses the headers that would mislead, and shows no secret in the others', async () => {
    const headers = {
      'www-authenticate': 'Bearer',
      'set-cookie': 'a=b',
      'content-length': '5',
      'content-encoding': 'identity',
      'x-request': 'id secret-canary',
      'x-content-length': '5',
      'content-lengthy': '6',
      'retry-after': '3',
    };
    const {response} = await seen(json({error: 'x'}, 429, headers));
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'application/json',
      'x-request': 'id [redacted]',
      'x-content-length': '5',
      'content-lengthy': '6',
      'retry-after': '3',
    });
  });
});

describe('tokens of an answer', () => {
  const answer = {access_token: 'new', token_type: 'bearer'} as openidClient.TokenEndpointResponse;

  test.each([
    [{}, {accessMs: 500}, {accessExpiresAt: 1_500}],
    [{expires_in: 60}, {accessMs: 500}, {accessExpiresAt: 61_000}],
    [{}, {accessMs: 500, refreshMs: 900}, {accessExpiresAt: 1_500}],
    [{refresh_token: 'r'}, {accessMs: 500}, {accessExpiresAt: 1_500, refreshToken: 'r'}],
    [
      {refresh_token: 'r'},
      {accessMs: 500, refreshMs: 900},
      {accessExpiresAt: 1_500, refreshToken: 'r', refreshExpiresAt: 1_900},
    ],
  ])('%j with lifetimes %j', (more, lifetimes, tokens) => {
    expect(tokensFrom({...answer, ...more}, 1_000, lifetimes)).toStrictEqual({accessToken: 'new', ...tokens});
  });
});
