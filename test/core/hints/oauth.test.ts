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
import {asked, facts, ours, saying, v2Failure} from './facts.ts';

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
    ['2', {clientId: UUID, applicationId: UUID}, undefined],
    ['2', {}, undefined],
  ] as const)('v%s %j', (version, more, expected) => {
    for (const type of ['invalid_client', 'unauthorized_client']) {
      const found = clientIds(facts({failure: {type}, oauth: true, ...ours(version, more)}));
      expect(found).toEqual(saying(expected));
      expect(found.join()).not.toContain(UUID);
    }
  });

  it('are looked at where the client was refused, and nowhere else', () => {
    const auth = ours('3', {clientId: UUID});
    expect(clientIds(facts({failure: {type: 'invalid_grant'}, ...auth}))).toEqual([]);
    expect(clientIds(facts({failure: refused}))).toEqual([]);
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
    [V2, {scheme: 'BASIC'}, undefined],
    [V2, {scheme: 'Basic', fields: []}, undefined],
    [V3, {body: 'other'}, undefined],
    [V3, {body: 'form', fields: []}, /lacks `grant_type`, `client_id` and `client_secret`/],
    [V3, {body: 'form', fields: [], partly: true}, undefined],
    [V2, {partly: true}, undefined],
    [`${V3}?client_secret=…`, {}, /in the query, where every log keeps it/],
    [`${V3}?a=…&client_id=…`, {partly: true}, /in the query, where every log keeps it/],
    [`${V3}?my_client_id=…&client_idx=…`, {}, undefined],
  ] as const)('%s %j', (url, sent, expected) => {
    for (const type of ['invalid_client', 'invalid_request']) {
      const found = secretPlace(facts({failure: {type}, oauth: true, ...asked('POST', url, sent)}));
      expect(found).toEqual(saying(expected));
    }
  });

  it('is no matter where the grant is dead, after another answer, or without a request', () => {
    const sent = asked('POST', V2);
    const dead = facts({failure: {type: 'invalid_request'}, oauth: true, reason: 'grant-dead', ...sent});
    expect(secretPlace(dead)).toEqual([]);
    expect(secretPlace(facts({failure: {type: 'invalid_grant'}, oauth: true, ...sent}))).toEqual([]);
    // Connect's redirect uses the same words.
    const connect = facts({failure: {type: 'invalid_request'}, reason: 'connect-refused', ...sent});
    expect(secretPlace(connect)).toEqual([]);
    for (const version of ['2', '3'] as const)
      expect(secretPlace(facts({failure: refused, oauth: true, ...ours(version)}))).toEqual([]);
  });

  it.each([
    ['the endpoint of v3 rather than by the token', {...asked('POST', V3), ...ours('2')}, /^v3/],
    ['the endpoint of v2 rather than by the token', {...asked('POST', V2), ...ours('3')}, /^v2/],
    ['the token', {...asked('POST', 'https://vehicle.api.smartcar.com/v3/token'), ...ours('2')}, /^v2/],
    ['the path', asked('POST', 'https://vehicle.api.smartcar.com/v3/token'), /^v3/],
    ['nothing', {}, /^v2/],
  ])('is told by %s', (_, known, expected) => {
    expect(refusedClient(facts({failure: refused, oauth: true, ...known}))).toEqual(saying(expected));
  });

  it('leaves the secret itself, where nothing better is known', () => {
    expect(refusedClient(facts({failure: refused, oauth: true, ...ours('3')}))).toEqual([
      expect.stringContaining('up to three'),
    ]);
    const mixedUp = hints(facts({failure: refused, oauth: true, ...ours('3', {clientId: UUID})}));
    expect(mixedUp.join()).not.toContain('up to three');
    expect(refusedClient(facts({failure: {type: 'invalid_grant'}}))).toEqual([]);
    expect(refusedClient(facts({failure: refused, reason: 'connect-refused'}))).toEqual([]);
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
    [{type: 'invalid_grant'}, 'request-invalid', /shared store/],
    [{type: 'invalid_grant', description: 'no such encoded_thing'}, 'grant-dead', /shared store/],
    [{type: 'invalid_grant', description: 'codes are gone'}, 'grant-dead', /shared store/],
    [{type: 'invalid_grant', description: 'CODE expired'}, 'grant-dead', /ten minutes/],
    [{type: 'invalid_grant', description: 'Redirect URI mismatch'}, 'grant-dead', undefined],
    [{type: 'invalid_request'}, 'request-invalid', undefined],
  ] as const)('%j %s', (failure, reason, expected) => {
    expect(grant(facts({failure, reason, oauth: true}))[0]).toEqual(saying(expected)[0]);
  });

  it('may have been revoked as well, and nothing is said of another failure', () => {
    expect(grant(facts({failure: {type: 'invalid_grant'}, oauth: true}))[1]).toMatch(/60 days\.$/);
    expect(grant(facts({failure: v2Failure('UPSTREAM'), reason: 'grant-dead'}))).toEqual([]);
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
    [{type: 'invalid_request', description: 'my_code is a CODE'}, /complains about `code`/],
    [{type: 'invalid_request', description: 'encode'}, /v2 needs a form/],
    [{type: 'invalid_client'}, undefined],
  ] as const)('%j', (failure, expected) => {
    const found = tokenRequest(facts({failure, oauth: true}));
    expect(found).toEqual(saying(expected));
  });

  it.each([
    ['JSON to v2', asked('POST', V2, {body: 'json'}), /^v2's token endpoint takes a form, and JSON was sent/],
    ['a form to v2', asked('POST', V2, {body: 'form'}), /^v2 needs a form/],
    ['JSON to v3', asked('POST', V3, {body: 'json'}), /^v3 needs `grant_type=client_credentials`/],
    ['nothing known to v3', ours('3'), /^v3 needs/],
  ])('that is invalid is held against what it should be: %s', (_, known, expected) => {
    expect(tokenRequest(facts({failure: {type: 'invalid_request'}, oauth: true, ...known}))).toEqual(
      saying(expected),
    );
  });

  it('names the option that the policy sends, where there is one', () => {
    const failure = {type: 'invalid_grant', description: 'Redirect URI mismatch'};
    const own = ours('2', {redirectUri: 'https://a.b'});
    expect(tokenRequest(facts({failure, oauth: true, ...own}))[0]).toContain('`connect.redirectUri`');
    expect(tokenRequest(facts({failure, oauth: true, ...ours('2')}))[0]).not.toContain('`connect');
    expect(tokenRequest(facts({failure, oauth: true}))[0]).not.toContain('`connect');
  });

  it.each([
    ['the grant is dead', {type: 'invalid_request', description: 'refresh_token'}, 'grant-dead'],
    // The key of an owner stands in these words.
    [
      'nothing is stored',
      {type: 'invalid_grant', description: 'no tokens under "redirect"'},
      'grant-missing',
    ],
    ['Connect refused', {type: 'invalid_request', description: 'redirect_uri'}, 'connect-refused'],
  ] as const)('is not blamed where %s', (_, failure, reason) => {
    expect(tokenRequest(facts({failure, reason, oauth: true}))).toEqual([]);
  });

  it('that failed on its way sends no owner away', () => {
    expect(tokenEndpointDown(facts({failure: {status: 503}, oauth: true}))).toEqual([
      'It was the token endpoint that answered 503: the stored tokens are kept, and no owner has to reconnect for it.',
    ]);
    for (const failure of [{}, {status: 500}])
      expect(tokenEndpointDown(facts({failure, oauth: true}))).toEqual([
        expect.stringContaining('that did not answer as it should:'),
      ]);
    expect(tokenEndpointDown(facts({failure: {status: 503}}))).toEqual([]);
    expect(tokenEndpointDown(facts({failure: refused, oauth: true}))).toEqual([]);
  });
});
