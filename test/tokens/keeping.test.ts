import {describe, expect, test} from 'vitest';
import {
  createPolicy,
  sqliteStore,
  memoryStore,
  PolicyError,
  type Policy,
  type Tokens,
} from '../../src/index.ts';
import {bench, rejection} from './support/bench.ts';

const FULL: Tokens = {
  accessToken: 'access-canary',
  refreshToken: 'refresh-canary',
  accessExpiresAt: 1_800_000_000_000,
  refreshExpiresAt: 1_805_184_000_000,
};
const SHORT: Tokens = {accessToken: 'access-canary', accessExpiresAt: 1_800_000_000_000};

describe.each([
  ['memoryStore', () => memoryStore()],
  ['sqliteStore', () => sqliteStore(':memory:')],
])('with %s', (_, store) => {
  test.each([
    ['all members', FULL, FULL],
    ['two members', SHORT, SHORT],
    ['members that are undefined', {...SHORT, refreshToken: undefined, refreshExpiresAt: undefined}, SHORT],
    ['members that are none of ours', {...FULL, scope: 'read_odometer', id: 5}, FULL],
  ])('get returns exactly what save was given: %s', async (__, saved, expected) => {
    const {policy} = await bench({policy: {store: store()}});
    await policy.tokens.save('ada', saved as Tokens);
    const found = await policy.tokens.get('ada');
    expect(found).toStrictEqual(expected);
    expect(Object.keys(found ?? {})).toEqual(Object.keys(expected));
  });
});

test('get knows nothing of a user that was never saved, or was deleted', async () => {
  const {policy} = await bench();
  expect(await policy.tokens.get('nobody')).toBeUndefined();
  await policy.tokens.delete('ada');
  await policy.tokens.delete('ada');
  expect(await policy.tokens.get('ada')).toBeUndefined();
});

test('a deleted user is not called for any more, while others are', async () => {
  const {policy, read, reads, another} = await bench();
  await another('bob');
  await read();
  await policy.tokens.delete('ada');
  expect(await rejection(read())).toMatchObject({code: 'REAUTH_REQUIRED'});
  expect(reads()).toHaveLength(1);
  expect(await read('bob')).toBe(200);
});

test('a pair that is changed after save, or after get, changes nothing', async () => {
  const {policy} = await bench();
  const given = {...FULL};
  await policy.tokens.save('ada', given);
  given.accessToken = 'changed';
  Reflect.set((await policy.tokens.get('ada')) ?? {}, 'refreshToken', 'changed');
  expect(await policy.tokens.get('ada')).toEqual(FULL);
  expect(await policy.run(({accessToken}) => accessToken, {user: 'ada'})).toBe('access-canary');
});

const WRONG: readonly (readonly [name: string, tokens: unknown, said: RegExp])[] = [
  ['nothing', undefined, /the tokens to be an object/],
  ['null', null, /the tokens to be an object/],
  ['a text', 'access-canary', /the tokens to be an object/],
  ['no access token', {accessExpiresAt: 5}, /`accessToken` of the tokens/],
  ['an empty access token', {...FULL, accessToken: ''}, /`accessToken` of the tokens/],
  ['an access token in a list', {...FULL, accessToken: ['access-canary']}, /`accessToken` of the tokens/],
  ['an empty refresh token', {...FULL, refreshToken: ''}, /`refreshToken` of the tokens/],
  ['a refresh token that is null', {...FULL, refreshToken: null}, /`refreshToken` of the tokens/],
  ['no expiry', {accessToken: 'access-canary'}, /`accessExpiresAt` of the tokens/],
  ['an expiry in words', {...FULL, accessExpiresAt: 'access-canary'}, /`accessExpiresAt` of the tokens/],
  ['an expiry that is a Date', {...FULL, accessExpiresAt: new Date()}, /`accessExpiresAt` of the tokens/],
  ['an expiry that is not finite', {...FULL, accessExpiresAt: NaN}, /`accessExpiresAt` of the tokens/],
  [
    'a refresh expiry that is not finite',
    {...FULL, refreshExpiresAt: Infinity},
    /`refreshExpiresAt` of the tokens/,
  ],
];

test.each(WRONG)('save refuses %s by name, and shows no token', async (_, tokens, said) => {
  const {policy, pair} = await bench();
  const error = (await rejection(policy.tokens.save('ada', tokens as Tokens))) as PolicyError;
  expect(error).toBeInstanceOf(PolicyError);
  expect(error.code).toBe('CONFIGURATION');
  expect(error.message).toMatch(said);
  expect(error.message).not.toMatch(/canary/);
  expect(await policy.tokens.get('ada')).toEqual(pair);
});

test.each([undefined, null, '', 5, {}])('a user that is %j is refused everywhere', async user => {
  const {policy} = await bench();
  for (const use of [
    (tokens: Policy['tokens']) => tokens.save(user as string, FULL),
    (tokens: Policy['tokens']) => tokens.get(user as string),
    (tokens: Policy['tokens']) => tokens.delete(user as string),
  ]) {
    expect(await rejection(use(policy.tokens))).toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringMatching(/the user to be a text/),
    });
  }
});

test('a policy without auth says that it keeps no tokens', async () => {
  const policy = createPolicy();
  for (const use of [
    policy.tokens.save('ada', FULL),
    policy.tokens.get('ada'),
    policy.tokens.delete('ada'),
  ]) {
    expect(await rejection(use)).toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringMatching(/`auth`/),
    });
  }
  await policy.close();
});
