import {describe, expect, test} from 'vitest';
import {TokenFailure} from '../../src/engine/token-failure.ts';
import type {Tokens} from '../../src/ports.ts';

const USED: Tokens = {accessToken: 'access-canary', refreshToken: 'refresh-canary', accessExpiresAt: 1};

const failure = (error: unknown): TokenFailure => new TokenFailure('oauth-v2', error, USED);

describe.each([
  ['invalid_grant', {error: 'invalid_grant', error_description: 'no'}, {dead: true, passing: false}],
  ['invalid_client', {error: 'invalid_client'}, {dead: false, passing: false}],
  ['a server that is down', {statusCode: 503}, {dead: false, passing: true}],
  ['a server that cannot be reached', {code: 'ECONNREFUSED'}, {dead: false, passing: true}],
  ['nothing that can be read', undefined, {dead: false, passing: true}],
])('%s', (_, said, expected) => {
  test('says whether the grant is gone, and whether another try may help', () => {
    expect(failure(said)).toMatchObject({name: 'TokenFailure', missing: false, ...expected});
  });
});

test('a pair that is not stored is a grant that is gone, by the name of its key', () => {
  const missing = TokenFailure.missing('oauth-v2', 'user:ada');
  expect(missing).toMatchObject({dead: true, missing: true});
  expect(missing.message).toBe('invalid_grant no tokens are stored under "user:ada"');
  expect(missing.evidence).toMatchObject([{api: 'oauth-v2'}]);
});

test('it is put into words by status, type or code, and description', () => {
  expect(failure({statusCode: 400, type: 'invalid_request', description: 'wrong'}).message).toBe(
    '400 invalid_request wrong',
  );
  expect(failure({error: 'invalid_grant', error_description: 'gone'}).message).toBe('invalid_grant gone');
  expect(failure(undefined)).toMatchObject({
    message: 'no answer that could be read',
    evidence: [{api: 'oauth-v2', status: 500}],
  });
});

test('an endpoint that cannot be reached is down: of the endpoint’s own dialect, and without the words', () => {
  const cause = Object.assign(new Error('POST refresh-canary failed'), {code: 'ECONNRESET'});
  const [entry] = failure(new TypeError('fetch failed', {cause})).evidence;
  expect(entry).toMatchObject({api: 'oauth-v2', code: 'ECONNRESET'});
  expect(entry).not.toHaveProperty('description');
});

test('what an endpoint says is kept, without the tokens that it repeats', () => {
  const said = {
    error: 'invalid_grant',
    error_description: 'Invalid refresh_token: refresh-canary, access-canary',
  };
  const {evidence, message} = failure(said);
  expect(evidence).toMatchObject([
    {api: 'oauth-v2', description: 'Invalid refresh_token: [redacted], [redacted]'},
  ]);
  expect(message).not.toContain('canary');
  const unused = new TokenFailure('oauth-v2', said, undefined);
  expect(unused.evidence[0]?.description).toBe(said.error_description);
});
