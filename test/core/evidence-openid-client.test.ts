import {
  clientCredentialsGrant,
  ClientSecretPost,
  Configuration,
  customFetch,
  refreshTokenGrant,
} from 'openid-client';
import {describe, expect, it} from 'vitest';
import type {Evidence} from '../../src/core/evidence/evidence.ts';
import {readEvidence} from '../../src/core/evidence/read.ts';
import {judge, v2} from './support/call.ts';
import {answering, thrown} from './support/thrown.ts';

const json = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  Response.json(body, {status, headers});

function grant(fetch: () => Promise<Response>): Promise<unknown> {
  const server = {
    issuer: 'https://auth.smartcar.com',
    token_endpoint: 'https://auth.smartcar.com/oauth/token',
  };
  const config = new Configuration(server, 'id', undefined, ClientSecretPost('secret'));
  config[customFetch] = fetch;
  return thrown(refreshTokenGrant(config, 'refresh-1'));
}

const read = async (make: () => Response): Promise<readonly Evidence[]> =>
  readEvidence(await grant(answering(make)), {api: 'oauth-v2'});

const challenge = (): Response => json(401, {}, {'www-authenticate': 'Basic realm="x"'});
const busy = (): Response => json(429, {error: 'temporarily_unavailable'}, {'retry-after': '30'});

describe('an error of openid-client', () => {
  it('is read by what the token endpoint said', async () => {
    const body = {error: 'invalid_grant', error_description: 'Invalid or expired refresh token.'};
    expect(await read(() => json(400, body, {'sc-request-id': 'req-4'}))).toEqual([
      {
        api: 'oauth-v2',
        type: 'invalid_grant',
        status: 400,
        requestId: 'req-4',
        description: 'Invalid or expired refresh token.',
      },
    ]);
  });

  it('is known by itself, without being told where it came from', async () => {
    const error = await grant(answering(() => new Response('<html>', {status: 502})));
    expect(readEvidence(error)).toEqual([{api: 'oauth-v2', status: 502}]);
    expect(readEvidence(await grant(answering(challenge)))).toMatchObject([{api: 'oauth-v2', status: 401}]);
  });

  it('keeps the told time of a token endpoint that is busy', async () => {
    expect(await read(busy)).toMatchObject([{status: 429, retryAfter: '30'}]);
  });

  it.each([
    [
      'a 503 of JSON',
      () => json(503, {error: 'invalid_grant'}, {'retry-after': '9'}),
      {status: 503, retryAfter: '9'},
    ],
    ['a 502 of HTML', () => new Response('<html>', {status: 502}), {status: 502}],
    ["Smartcar's own shape", () => json(400, v2('VALIDATION', null, 400)), {status: 400}],
    ['a 401 with a challenge', () => json(401, {}, {'www-authenticate': 'Basic realm="x"'}), {status: 401}],
    ['a 200 of HTML', () => new Response('<html>'), {}],
    ['a 200 without a token', () => json(200, {}), {}],
    ['a 200 that is no JSON', () => new Response('{', {headers: {'content-type': 'application/json'}}), {}],
  ])('is read by its status alone: %s', async (_, make, expected) => {
    expect(await read(make)).toEqual([{api: 'oauth-v2', ...expected}]);
  });

  it.each([
    ['is down', () => json(503, {error: 'invalid_grant'})],
    ['answers HTML', () => new Response('<html>', {status: 200})],
    ['answers without a token', () => json(200, {})],
    ['is busy', () => json(429, {error: 'invalid_grant'})],
  ])('never sends the owner away while the token endpoint %s', async (_, make) => {
    const error = await grant(answering(make));
    expect(judge(error, {context: {api: 'oauth-v2'}})).toMatchObject({action: 'retry', needs: 'nobody'});
  });

  it('that refuses the client is not answered with another refresh', async () => {
    const error = await grant(answering(challenge));
    const decision = judge(error, {context: {api: 'oauth-v2'}});
    expect(decision).toMatchObject({action: 'fail', reason: 'credentials-rejected', needs: 'developer'});
  });

  it('of a lost connection is read as a network failure', async () => {
    const cause = Object.assign(new Error('reset'), {code: 'ECONNRESET'});
    const error = await grant(async () => {
      throw new TypeError('fetch failed', {cause});
    });
    expect(readEvidence(error, {api: 'oauth-v2'})).toMatchObject([{api: 'network', code: 'ECONNRESET'}]);
  });

  it('of a timeout is read as one', async () => {
    const error = await grant(async () => {
      throw new DOMException('too slow', 'TimeoutError');
    });
    expect(error).toHaveProperty('code', 'OAUTH_TIMEOUT');
    expect(readEvidence(error, {api: 'oauth-v2'})).toEqual([{api: 'oauth-v2', code: 'TimeoutError'}]);
    expect(judge(error, {context: {api: 'oauth-v2'}})).toMatchObject({action: 'retry', reason: 'timed-out'});
  });

  it('that forbids plain http is a mistake of ours, and nothing to repeat', async () => {
    const config = new Configuration(
      {issuer: 'http://a.b', token_endpoint: 'http://a.b/token'},
      'id',
      'secret',
    );
    const error = await thrown(clientCredentialsGrant(config));
    expect(readEvidence(error, {api: 'oauth-v3'})).toEqual([]);
  });
});
