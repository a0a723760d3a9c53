import {describe, expect, it} from 'vitest';
import {requestFacts} from '../../src/core/endpoints.ts';
import {judge, REAUTHENTICATE, v2, v3Entry, type Setting} from './support/call.ts';

const says = (type: string): object => ({resolution: {type}});

describe('a known trap beats the resolution', () => {
  const loud = {request: requestFacts('POST', '/v2.0/vehicles/car-1/TESLA/charge')};
  const quiet = {request: requestFacts('POST', '/v2.0/vehicles/car-1/tesla/charge')};

  it.each(['RETRY_LATER', 'REAUTHENTICATE', 'CONTACT_SUPPORT', 'FINANCE', 'ACTION_REQUIRED', 'NEW_WORD'])(
    'what is billed is never repeated, although the resolution is %s',
    resolution => {
      const expected = {action: 'fail', reason: 'billing'};
      expect(judge(v2('BILLING', 'VEHICLE_REQUEST_LIMIT', 430, says(resolution)))).toMatchObject(expected);
      expect(judge(v2('BILLING', 'BRAND_NEW', 500, says(resolution)))).toMatchObject(expected);
      expect(judge({errors: [v3Entry('UPSTREAM', 'NO_RESPONSE', 430, says(resolution))]})).toMatchObject(
        expected,
      );
      expect(judge({message: 'limit'}, {context: {status: 430}})).toMatchObject(expected);
    },
  );

  it.each([
    ['INVALID_PLAN', 'CONTACT_SUPPORT', 'support'],
    ['ACCOUNT_SUSPENDED', 'FINANCE', 'finance'],
    ['ACCOUNT_SUSPENDED', null, 'finance'],
    ['BRAND_NEW', 'FINANCE', 'finance'],
    ['BRAND_NEW', null, 'support'],
  ])('BILLING:%s with the resolution %s needs %s', (code, type, needs) => {
    expect(judge(v2('BILLING', code, 430, {resolution: {type}})).needs).toBe(needs);
  });

  it.each([
    ['UPSTREAM', 'NO_RESPONSE', 'RETRY_LATER'],
    ['PERMISSION', null, 'REAUTHENTICATE'],
  ])('a 430 of type %s never needs nobody or the owner', (type, code, resolution) => {
    expect(judge(v2(type, code, 430, says(resolution))).needs).toBe('support');
  });

  it.each([
    [
      'a signal',
      {
        data: {
          attributes: {
            status: {
              value: 'ERROR',
              error: {type: 'SignalError', code: 'SIGNAL_NOT_FOUND', ...REAUTHENTICATE},
            },
          },
        },
      },
    ],
    ['a v3 body', {errors: [v3Entry('RESOURCE_NOT_FOUND', 'SIGNAL_NOT_FOUND', 404, REAUTHENTICATE)]}],
  ])('a signal that is not found in %s is the developer’s, although it says REAUTHENTICATE', (_, body) => {
    const expected = {
      action: 'fail',
      reason: 'signal-not-found',
      needs: 'developer',
      failure: {scope: 'call'},
    };
    expect(judge(body)).toMatchObject(expected);
  });

  it('a make in capitals is the developer’s, although it is answered with PERMISSION', () => {
    const body = v2('PERMISSION', null, 403, REAUTHENTICATE);
    const expected = {action: 'fail', reason: 'make-in-capitals', needs: 'developer'};
    expect(judge(body, {state: loud})).toMatchObject(expected);
    expect(judge(body, {state: quiet})).toMatchObject({action: 'reauthenticate'});
  });

  it('a make in capitals excuses no other failure', () => {
    const body = v2('CONNECTED_SERVICES_ACCOUNT', 'PERMISSION', 400, REAUTHENTICATE);
    expect(judge(body, {state: loud})).toMatchObject({action: 'reauthenticate'});
  });

  it.each([
    ['Invalid or expired refresh token.', 'grant-dead'],
    ['Invalid refresh_token: abc', 'grant-dead'],
    ['Invalid code: abc.', 'grant-dead'],
    ['invalid refreshToken', 'grant-dead'],
    ['This refreshToken has expired', 'grant-dead'],
    ['Invalid or expired token', 'grant-dead'],
    ['The refresh token has expired', 'grant-dead'],
    ['Missing parameter: grant_type', 'request-invalid'],
    ['Invalid redirect_uri', 'request-invalid'],
    [undefined, 'request-invalid'],
  ])('an invalid_request that says "%s" is %s', (error_description, reason) => {
    const body = {error: 'invalid_request', error_description};
    expect(judge(body, {context: {status: 400, api: 'oauth-v2'}}).reason).toBe(reason);
  });

  it('an invalid_request of v3 is never the end of a grant: there is none', () => {
    const body = {error: 'invalid_request', error_description: 'Invalid or expired token'};
    const decision = judge(body, {context: {status: 400, api: 'oauth-v3'}});
    expect(decision).toMatchObject({action: 'fail', needs: 'developer'});
  });

  it.each([408, 429, 500, 502, 503, 504])(
    'a token endpoint that answers %d never sends the owner away',
    status => {
      for (const error of ['invalid_grant', 'invalid_request']) {
        const body = {error, error_description: 'Invalid or expired refresh token.'};
        expect(judge(body, {context: {status, api: 'oauth-v2'}})).toMatchObject({
          action: 'retry',
          needs: 'nobody',
        });
      }
    },
  );
});

describe("the server's resolution beats the catalogue", () => {
  it.each([
    ['RETRY_LATER', 'retry', 'server-says-retry', 'nobody'],
    ['REAUTHENTICATE', 'reauthenticate', 'server-says-reauthenticate', 'owner'],
    ['CONTACT_SUPPORT', 'fail', 'server-says-support', 'support'],
    ['FINANCE', 'fail', 'server-says-finance', 'finance'],
    ['ACTION_REQUIRED', 'fail', 'server-says-owner-action', 'owner'],
    ['USER_ACTION_REQUIRED', 'fail', 'server-says-owner-action', 'owner'],
    ['SOMETHING_NEW', 'fail', 'resolution-unknown', 'developer'],
    ['retry_later', 'fail', 'resolution-unknown', 'developer'],
    ['RETRY_LATER'.padEnd(101, '!'), 'fail', 'resolution-unknown', 'developer'],
  ])('%s decides, whatever the row says', (type, action, reason, needs) => {
    const expected = {action, reason, needs};
    const rows: readonly (readonly [string, string | null, number])[] = [
      ['UPSTREAM', 'NO_RESPONSE', 502],
      ['VALIDATION', null, 400],
      ['AUTHENTICATION', null, 401],
      ['VEHICLE_STATE', 'ASLEEP', 409],
      ['VEHICLE_STATE', 'DOOR_OPEN', 409],
      ['PERMISSION', null, 403],
      ['COMPATIBILITY', 'VEHICLE_NOT_CAPABLE', 501],
      ['BRAND_NEW', 'BRAND_NEW', 418],
    ];
    for (const [one, code, status] of rows) {
      expect(judge(v2(one, code, status, says(type)))).toMatchObject(expected);
      expect(judge({errors: [v3Entry(one, code, status, {resolution: type})]})).toMatchObject(expected);
    }
  });
});

describe('the catalogue beats the status', () => {
  it.each([
    ['a 500 that never passes', 'SERVER', 'RECORD_NOT_FOUND', 500, 'fail', 'request-invalid'],
    [
      'a 501 that the owner can mend',
      'COMPATIBILITY',
      'PLATFORM_NOT_CAPABLE',
      501,
      'reauthenticate',
      'owner-has-to-connect',
    ],
    [
      'a 400 that the owner can mend',
      'CONNECTED_SERVICES_ACCOUNT',
      'NO_VEHICLES',
      400,
      'reauthenticate',
      'owner-has-to-connect',
    ],
    ['a 409 that passes by itself', 'VEHICLE_STATE', 'ASLEEP', 409, 'retry', 'passes-by-itself'],
    ['a 409 that does not', 'VEHICLE_STATE', 'HOOD_OPEN', 409, 'fail', 'owner-has-to-act'],
    ['a 409 whose goal is reached', 'VEHICLE_STATE', 'FULLY_CHARGED', 409, 'fail', 'goal-reached'],
    ['a 409 that is new', 'VEHICLE_STATE', 'BRAND_NEW', 409, 'fail', 'owner-has-to-act'],
    ['a 403 that is the application’s', 'AUTHENTICATION', 'ACCESS_DENIED', 403, 'fail', 'request-invalid'],
    ['a 403 that is the owner’s', 'PERMISSION', null, 403, 'reauthenticate', 'owner-has-to-connect'],
    ['a status that does not fit', 'VEHICLE_STATE', 'ASLEEP', 500, 'retry', 'passes-by-itself'],
  ])('%s', (_, type, code, status, action, reason) => {
    expect(judge({errors: [v3Entry(type, code, status)]})).toMatchObject({action, reason});
  });

  it.each([
    [401, 'refresh', 'token-expired'],
    [403, 'fail', 'permanent-status'],
    [404, 'fail', 'permanent-status'],
    [418, 'fail', 'permanent-status'],
    [429, 'retry', 'transient-status'],
    [500, 'retry', 'transient-status'],
    [520, 'retry', 'transient-status'],
    [501, 'fail', 'permanent-status'],
    [302, 'fail', 'unrecognised'],
  ])('a %d of an unknown type is read by its status: %s', (status, action, reason) => {
    expect(judge(v2('BRAND_NEW', 'BRAND_NEW', status))).toMatchObject({action, reason});
    expect(judge('', {context: {status}})).toMatchObject({action, reason});
  });
});

describe('what cannot be done', () => {
  it.each([
    ['a v2 body', v2('COMPATIBILITY', 'VEHICLE_NOT_CAPABLE', 501)],
    ['a signal', {status: {value: 'ERROR', error: {type: 'COMPATIBILITY', code: 'VEHICLE_NOT_CAPABLE'}}}],
    ['a v1 body', {error: 'not_capable_error', statusCode: 501}],
  ])('is told apart from a wrong request in %s', (_, body) => {
    expect(judge(body)).toMatchObject({action: 'fail', reason: 'not-capable'});
  });
});

describe('a known name with a new code', () => {
  it.each([
    ['OAuth', {error: 'invalid_grant', code: 'NEW'}, 'reauthenticate', 'owner'],
    ['v1', {error: 'monthly_limit_exceeded', code: 'NEW'}, 'fail', 'support'],
    ['v1', {error: 'rate_limiting_error', code: 'NEW'}, 'retry', 'nobody'],
  ])('is read by its name in %s, even without a status', (_, body, action, needs) => {
    expect(judge(body)).toMatchObject({action, needs});
  });
});

describe('a refused token', () => {
  const bodies: readonly (readonly [string, unknown, Setting['context']])[] = [
    ['v2', v2('AUTHENTICATION', null, 401), {}],
    ['v3', {errors: [v3Entry('AUTHENTICATION', 'UNAUTHORIZED', 401)]}, {}],
    ['v3 without a type', {errors: [{code: 'unauthorized', status: '401'}]}, {}],
    ['v1', {error: 'authentication_error'}, {status: 401}],
    ['nothing but a status', '', {status: 401}],
  ];

  it.each(bodies)('is replaced: %s', (_, body, context = {}) => {
    expect(judge(body, {context})).toMatchObject({
      action: 'refresh',
      reason: 'token-expired',
      needs: 'nobody',
    });
  });

  it.each(bodies)(
    'that is fresh is a malformed call or a wrong car, and parks nobody: %s',
    (_, body, context = {}) => {
      const decision = judge(body, {context, state: {tokenWasFresh: true}});
      expect(decision).toMatchObject({action: 'fail', reason: 'token-rejected', needs: 'developer'});
    },
  );

  it('that cannot be replaced is refused for good', () => {
    const decision = judge(bodies[0]![1], {state: {refreshable: false}});
    expect(decision).toMatchObject({action: 'fail', reason: 'token-rejected', needs: 'developer'});
  });
});
