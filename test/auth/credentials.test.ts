import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {applicationToken, PolicyError, userTokens} from '../../src/index.ts';

beforeEach(() => {
  vi.stubEnv('SMARTCAR_CLIENT_ID', undefined);
  vi.stubEnv('SMARTCAR_CLIENT_SECRET', undefined);
});
afterEach(() => vi.unstubAllEnvs());

function refusal(action: () => unknown): PolicyError {
  try {
    action();
  } catch (error) {
    if (PolicyError.is(error)) return error;
    throw error;
  }
  throw new Error('Expected a PolicyError, and nothing was thrown.');
}

describe.each([
  ['userTokens', userTokens],
  ['applicationToken', applicationToken],
])('%s', (name, auth) => {
  test('takes its credentials from the environment that the SDK reads', () => {
    vi.stubEnv('SMARTCAR_CLIENT_ID', 'from-env');
    vi.stubEnv('SMARTCAR_CLIENT_SECRET', 'secret-from-env');
    expect(auth()).toMatchObject({clientId: 'from-env'});
    expect(auth().secret()).toBe('secret-from-env');
  });

  test('prefers what it is given', () => {
    vi.stubEnv('SMARTCAR_CLIENT_ID', 'from-env');
    expect(auth({clientId: 'given', clientSecret: 's'})).toMatchObject({clientId: 'given'});
  });

  test('reads the environment once', () => {
    vi.stubEnv('SMARTCAR_CLIENT_SECRET', 'first');
    const method = auth({clientId: 'given'});
    vi.stubEnv('SMARTCAR_CLIENT_SECRET', 'second');
    expect(method.secret()).toBe('first');
  });

  test.each([
    [undefined, 'clientId', 'nothing'],
    [{}, 'clientId', 'nothing'],
    [{clientId: ''}, 'clientId', 'an empty text'],
    [{clientId: 5}, 'clientId', 'a number'],
    [{clientId: 'given'}, 'clientSecret', 'nothing'],
    [{clientId: 'given', clientSecret: ''}, 'clientSecret', 'an empty text'],
    [{clientId: 'given', clientSecret: ['x']}, 'clientSecret', 'a object'],
  ])('names what is missing: %j', (given, member, got) => {
    const error = refusal(() => auth(given as never));
    expect(error.code).toBe('CONFIGURATION');
    expect(error.message).toMatch(`Expected \`${member}\` of ${name}() to be a text, got ${got}.`);
    expect(error.message).toMatch(/SMARTCAR_CLIENT_(ID|SECRET)/);
  });
});

test.each([5, '', 'not a url', {}])('userTokens refuses a redirectUri that is %j', redirectUri => {
  const given = {clientId: 'given', clientSecret: 'secret-canary', redirectUri};
  const error = refusal(() => userTokens(given as never));
  expect(error).toMatchObject({
    code: 'CONFIGURATION',
    message: expect.stringMatching(/`redirectUri` of userTokens\(\)/),
  });
  expect(error.message).not.toMatch(/canary/);
});
