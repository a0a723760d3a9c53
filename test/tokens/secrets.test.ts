import {inspect} from 'node:util';
import {describe, expect, test} from 'vitest';
import {
  applicationToken,
  explain,
  memoryStore,
  sqliteStore,
  userTokens,
  type TokenStore,
} from '../../src/index.ts';
import type {Reply} from '../../src/simulator/index.ts';
import {bench, rejection, type Bench, type BenchOptions} from './support/bench.ts';

const SECRET = 'secret-canary+/=51';
const ACCESS = 'access-canary-52';
const REFRESH = 'refresh-canary+/=53';
const BASIC = Buffer.from(`client:${SECRET}`).toString('base64');
const WORDS = [SECRET, ACCESS, REFRESH, BASIC].flatMap(word => [word, encodeURIComponent(word)]);

/** Everything that a log could make of a value. */
function shown(value: unknown): string {
  const seen = new WeakSet();
  const json = JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== 'object' || member === null) return member;
    if (seen.has(member)) return '(again)';
    seen.add(member);
    return member instanceof Error
      ? Object.fromEntries(Object.getOwnPropertyNames(member).map(name => [name, Reflect.get(member, name)]))
      : member;
  });
  return [inspect(value, {depth: 10, showHidden: true, getters: true}), json, String(value)].join('\n');
}

function secretsIn(value: unknown): string[] {
  const text = shown(value);
  return WORDS.filter(word => text.includes(word));
}

/** An owner with canary tokens, of which the first has expired by our clock. */
async function canaries(options: BenchOptions = {}): Promise<Bench> {
  const made = await bench({
    ...options,
    policy: {auth: userTokens({clientId: 'client', clientSecret: SECRET}), ...options.policy},
  });
  await made.policy.tokens.save('ada', {
    accessToken: ACCESS,
    refreshToken: REFRESH,
    accessExpiresAt: made.clock.now(),
  });
  return made;
}

const echo = `Refused: ${REFRESH} ${encodeURIComponent(REFRESH)} ${ACCESS} ${SECRET} ${BASIC}.`;
const REPLIES: readonly (readonly [name: string, reply: Reply])[] = [
  ['a dead grant', {error: 'invalid_grant', description: echo}],
  ['a dead grant, named', {error: 'invalid_request', description: `Invalid refresh_token: ${REFRESH}`}],
  [
    'a token at the edge of a long text',
    {error: 'invalid_grant', description: `${'x'.repeat(490)}${REFRESH}`},
  ],
  ['a token as the error itself', {status: 400, body: {error: REFRESH, error_description: echo}}],
  ['wrong credentials', {error: 'invalid_client', description: echo}],
  [
    'wrong credentials with a challenge',
    {error: 'invalid_client', headers: {'www-authenticate': `Basic realm="${BASIC}"`}},
  ],
  ['an outage in JSON', {status: 500, body: {error: 'server_error', error_description: echo}}],
  ['an outage in HTML', {status: 502, headers: {'content-type': 'text/html'}, body: echo}],
  ['an answer that is no pair', {status: 200, body: {access_token: {value: ACCESS}, refresh_token: REFRESH}}],
  ["Smartcar's own shape", {status: 400, body: {type: 'VALIDATION', description: echo, requestId: REFRESH}}],
  [
    'a limit with odd headers',
    {status: 429, headers: {'retry-after': '1e9', 'sc-request-id': REFRESH}, body: echo},
  ],
  ['a lost connection', {drop: 'before'}],
];

describe.each(REPLIES)('when the token endpoint answers with %s', (_, reply) => {
  test('no secret is in the error, its explanation, or any event', async () => {
    const {simulator, policy, read, events} = await canaries();
    simulator.next({endpoint: 'token', times: Infinity}, reply);
    const error = await rejection(read());
    expect(secretsIn(error)).toEqual([]);
    expect(secretsIn(explain(error))).toEqual([]);
    expect(secretsIn(events)).toEqual([]);
    expect(secretsIn(await policy.reauth.list())).toEqual([]);
    expect(events.map(([name]) => name)).toContain('refresh');
  });
});

/** Some clients put the whole request into their errors. */
const chatty: typeof fetch = (_, init) => {
  const {body, headers} = init ?? {};
  const message = `fetch failed: ${body as string} ${JSON.stringify(headers)}`;
  return Promise.reject(Object.assign(new TypeError(message), {code: 'ECONNRESET', config: init}));
};

test('a network error that repeats the request shows no secret', async () => {
  const {read, events} = await canaries({policy: {fetch: chatty}});
  expect(secretsIn([await rejection(read()), events])).toEqual([]);
});

test.each(['get', 'put', 'acquire', 'delete'] as const)(
  'a store whose %s throws with the tokens in its error shows none of them',
  async method => {
    const store: TokenStore = {...memoryStore()};
    const {simulator, clock, owner, policy, read, events} = await bench({policy: {store}});
    const pair = simulator.grant(owner);
    await policy.tokens.save('ada', pair);
    await clock.advance(7_200_000);
    store[method] = (...args: unknown[]) => {
      const message = method === 'put' ? `SET ${JSON.stringify(args)}` : 'no connection';
      throw Object.assign(new Error(message), {command: {args: [...args, pair]}, code: 'ECONNRESET'});
    };
    const error = await rejection(
      method === 'delete' ? policy.tokens.delete('ada') : read().then(() => read()),
    );
    const kept = await policy.tokens.get('ada').catch(() => undefined);
    const text = shown([error, explain(error), events]);
    const tokens = [pair.accessToken, pair.refreshToken, kept?.accessToken, kept?.refreshToken];
    expect(tokens.filter(token => token !== undefined && text.includes(token))).toEqual([]);
    expect(text).toMatch(/token store failed to (read|write|lock|delete)/);
  },
);

test('policy, stores, auth and doors show no secret when they are inspected', async () => {
  for (const store of [memoryStore(), sqliteStore(':memory:', {encryptionKey: Buffer.alloc(32, 7)})]) {
    const {policy} = await canaries({policy: {store}});
    const auth = userTokens({clientId: 'client', clientSecret: SECRET});
    expect(
      secretsIn([policy, store, auth, policy.fetch({user: 'ada'}), policy.ky({user: 'ada'}), policy.tokens]),
    ).toEqual([]);
    expect(secretsIn(applicationToken({clientId: 'client', clientSecret: SECRET}))).toEqual([]);
    await policy.close();
  }
});

test.each([userTokens, applicationToken])(
  '%o refuses a secret in the wrong place without showing it',
  auth => {
    for (const clientSecret of [[SECRET], {secret: SECRET}, 5]) {
      const error = thrown(() => auth({clientId: 'client', clientSecret} as never));
      expect(error).toMatchObject({code: 'CONFIGURATION', message: expect.stringMatching(/`clientSecret`/)});
      expect(secretsIn(error)).toEqual([]);
    }
  },
);

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('Expected an error, and nothing was thrown.');
}
