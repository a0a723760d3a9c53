import {describe, expect, it} from 'vitest';
import {grant} from '../../../src/core/hints/grant.ts';
import {hints} from '../../../src/core/hints/hints.ts';
import {
  clientIds,
  refusedClient,
  secretPlace,
  tokenEndpointDown,
  tokenRequest,
} from '../../../src/core/hints/oauth.ts';
import {asked, facts, ours, saying} from './facts.ts';

const UUID = '8229df9f-91a0-4ff0-a1ae-a1f38ee24d07';
const V2 = 'https://auth.smartcar.com/oauth/token';
const V3 = 'https://iam.smartcar.com/oauth2/token';
const refused = {type: 'invalid_client', status: 401};

describe('the two client ids', () => {
  it.each([
    ['3', {clientId: UUID}, /looks like an Application ID/],
    ['3', {clientId: UUID, applicationId: UUID}, /is the same as `connect\.applicationId`/],
    ['3', {clientId: 'client_1', applicationId: 'client_1'}, /is the same/],
    ['3', {clientId: 'something'}, /does not begin with `client_`/],
    ['3', {clientId: 'client_1\n'}, /white space/],
    ['2', {clientId: 'client_1'}, /is an id of v3/],
    ['3', {clientId: 'client_1', applicationId: UUID}, undefined],
    ['2', {clientId: UUID}, undefined],
    ['2', {}, undefined],
  ] as const)('v%s %j', (version, more, expected) => {
    const found = clientIds(facts({failure: refused, oauth: true, ...ours(version, more)}));
    expect(found).toEqual(saying(expected));
    expect(found.join()).not.toContain(UUID);
  });

  it('are looked at where the client was refused, and nowhere else', () => {
    const auth = ours('3', {clientId: UUID});
    expect(clientIds(facts({failure: {type: 'invalid_grant'}, ...auth}))).toEqual([]);
    expect(
      clientIds(facts({failure: {type: 'configuration_error'}, reason: 'connect-refused', ...auth})),
    ).toHaveLength(1);
  });
});

describe('the place of the secret', () => {
  it.each([
    [
      V2,
      {body: 'form', fields: ['grant_type', 'client_secret']},
      /as `authorization: Basic …`, not in the body/,
    ],
    [V2, {scheme: 'Basic'}, undefined],
    [V3, {scheme: 'Basic', body: 'form', fields: ['grant_type']}, /in the body, not as/],
    [V3, {body: 'form', fields: ['grant_type']}, /lacks `client_id` and `client_secret`/],
    [V3, {body: 'form', fields: ['grant_type', 'client_id', 'client_secret']}, undefined],
    [`${V3}?client_secret=…`, {}, /in the query, where every log keeps it/],
  ] as const)('%s %j', (url, sent, expected) => {
    const found = secretPlace(facts({failure: refused, oauth: true, ...asked('POST', url, sent)}));
    expect(found).toEqual(saying(expected));
  });

  it('leaves the secret itself, where nothing better is known', () => {
    expect(refusedClient(facts({failure: refused, oauth: true, ...ours('3')}))).toEqual([
      expect.stringContaining('up to three'),
    ]);
    const mixedUp = hints(facts({failure: refused, oauth: true, ...ours('3', {clientId: UUID})}));
    expect(mixedUp.join()).not.toContain('up to three');
    expect(refusedClient(facts({failure: {type: 'invalid_grant'}}))).toEqual([]);
  });
});

describe('a grant that is gone', () => {
  it.each([
    [
      {type: 'invalid_grant', description: 'Invalid or expired refresh token'},
      'grant-dead',
      /without one shared store/,
    ],
    [{type: 'invalid_grant', description: 'Invalid code: …'}, 'grant-dead', /ten minutes and one exchange/],
    [{type: 'invalid_request', description: 'Invalid refresh_token: …'}, 'grant-dead', /shared store/],
    [{type: 'invalid_grant', description: 'redirect_uri mismatch'}, 'grant-dead', undefined],
    [{type: 'invalid_grant'}, 'grant-missing', /`policy\.tokens\.save`/],
    [{type: 'invalid_request'}, 'request-invalid', undefined],
  ] as const)('%j %s', (failure, reason, expected) => {
    expect(grant(facts({failure, reason, oauth: true}))[0]).toEqual(saying(expected)[0]);
  });
});

describe('a token request', () => {
  it.each([
    [
      {type: 'invalid_grant', description: 'redirect_uri mismatch'},
      /very one of the Connect link.*`undefined`/,
    ],
    [
      {type: 'invalid_request', description: 'missing grant_type and code'},
      /complains about `grant_type` and `code`/,
    ],
    [{type: 'invalid_request'}, /v2 needs a form/],
    [{type: 'unsupported_grant_type'}, /`client_credentials`/],
    [{type: 'invalid_client'}, undefined],
  ] as const)('%j', (failure, expected) => {
    const found = tokenRequest(facts({failure, oauth: true}));
    expect(found).toEqual(saying(expected));
  });

  it('that failed on its way sends no owner away', () => {
    expect(tokenEndpointDown(facts({failure: {status: 503}, oauth: true}))).toEqual([
      'It was the token endpoint that answered 503: the stored tokens are kept, and no owner has to reconnect for it.',
    ]);
    expect(tokenEndpointDown(facts({failure: {status: 503}}))).toEqual([]);
    expect(tokenEndpointDown(facts({failure: refused, oauth: true}))).toEqual([]);
  });
});
