import {describe, expect, it} from 'vitest';
import {isResponseLike, readEvidence} from '../../src/core/evidence/read.ts';
import {header, v2, v3Entry} from './support/call.ts';
import {only} from './support/only.ts';

describe('a v2 body', () => {
  it('is read with everything that it says', () => {
    const body = v2('VEHICLE_STATE', 'ASLEEP', 409, {
      resolution: {type: 'RETRY_LATER', url: 'https://connect.smartcar.com/x'},
      suggestedUserMessage: '<app name> says hello',
    });
    expect(only(body, header('Retry-After', '120'))).toEqual({
      api: '2.0',
      type: 'VEHICLE_STATE',
      code: 'ASLEEP',
      status: 409,
      resolution: {type: 'RETRY_LATER', url: 'https://connect.smartcar.com/x'},
      retryAfter: '120',
      requestId: 'req-1',
      description: 'words',
      suggestedUserMessage: '<app name> says hello',
    });
  });

  it('leaves absent what it does not say', () => {
    expect(only({type: 'UPSTREAM'})).toEqual({api: '2.0', type: 'UPSTREAM'});
  });

  it('takes the status of the response where it states none', () => {
    expect(only({type: 'UPSTREAM'}, {status: 502}).status).toBe(502);
  });

  it.each([
    ['an object', {type: 'RETRY_LATER'}, {type: 'RETRY_LATER'}],
    ['a bare string', 'RETRY_LATER', {type: 'RETRY_LATER'}],
    ['null', null, {type: null}],
    ['an object of type null', {type: null}, {type: null}],
    ['an empty object', {}, {type: null}],
    ['absent', undefined, undefined],
    ['an empty string', '', undefined],
    ['a url that is none', {type: 'REAUTHENTICATE', url: 'not a url'}, {type: 'REAUTHENTICATE'}],
    ['a url that is no string', {type: 'REAUTHENTICATE', url: 7}, {type: 'REAUTHENTICATE'}],
    [
      'a url of two megabytes',
      {type: 'REAUTHENTICATE', url: `https://a.b/${'x'.repeat(2e6)}`},
      {type: 'REAUTHENTICATE'},
    ],
  ])('is read with a resolution that is %s', (_, resolution, expected) => {
    expect(only({...v2('UPSTREAM', null, 502), resolution}).resolution).toEqual(expected);
  });

  it.each([{type: 'A'.repeat(101)}, 'A'.repeat(101)])(
    'keeps a resolution too long for any that is known, so that it is not taken for none',
    resolution => {
      expect(only({...v2('UPSTREAM', null, 502), resolution}).resolution?.type).toBe('A'.repeat(100));
    },
  );

  it('is cut where a description is longer than 500 characters', () => {
    expect(only(v2('SERVER', null, 500, {description: 'x'.repeat(1e7)})).description).toHaveLength(500);
  });

  it('loses a type that is too long for a word and keeps its status', () => {
    expect(only({type: 'X'.repeat(101), statusCode: 502, description: 'd'}, {status: 502})).toEqual({
      api: 'any',
      status: 502,
    });
  });

  it('is no batch item although it names a path', () => {
    expect(only({...v2('RESOURCE_NOT_FOUND', 'PATH', 404), path: '/x'})).toMatchObject({
      api: '2.0',
      code: 'PATH',
    });
  });

  it('is read from its text as from its object', () => {
    const body = v2('UPSTREAM', 'NO_RESPONSE', 502);
    expect(readEvidence(` \n${JSON.stringify(body)}`)).toEqual(readEvidence(body));
  });
});

describe('a v3 body', () => {
  it('is read entry by entry', () => {
    const entry = v3Entry('UPSTREAM', 'NO_RESPONSE', 502, {
      resolution: {type: 'RETRY_LATER'},
      meta: {debug: {requestId: 'req-3'}},
    });
    const other = v3Entry('RATE_LIMIT', 'VEHICLE', 429);
    expect(readEvidence({errors: [entry, other]}, {status: 502})).toEqual([
      {
        api: '3',
        type: 'UPSTREAM',
        code: 'NO_RESPONSE',
        status: 502,
        resolution: {type: 'RETRY_LATER'},
        requestId: 'req-3',
        description: 'more words',
      },
      {api: '3', type: 'RATE_LIMIT', code: 'VEHICLE', status: 429, description: 'more words'},
    ]);
  });

  it('takes the request id of the header where the entry has none', () => {
    const context = header('SC-Request-Id', 'req-9');
    expect(only({errors: [v3Entry('SERVER', 'INTERNAL', 500)]}, context).requestId).toBe('req-9');
  });

  it.each([{status: '403'}, {status: 403, links: {}}])('entry is known on its own by %o', mark => {
    expect(only({type: 'AUTHENTICATION', code: 'ACCESS_DENIED', ...mark})).toMatchObject({
      api: '3',
      status: 403,
    });
  });

  it.each([
    ['no entries', []],
    ['entries that are no objects', ['text', 7, null, true]],
  ])('is read by its status alone with %s', (_, errors) => {
    expect(readEvidence({errors}, {status: 502})).toEqual([{api: 'any', status: 502}]);
  });

  it('is read no further than a hundred entries', () => {
    const errors = Array.from({length: 5_000}, () => v3Entry('SERVER', 'INTERNAL', 500));
    expect(readEvidence({errors})).toHaveLength(100);
  });

  it('without types is read as the dialect of the signal pages', () => {
    const errors = [{links: {}, status: '404', code: 'not_found', title: 't', detail: 'd'}];
    expect(only({errors})).toEqual({api: '3-openapi', code: 'not_found', status: 404, description: 'd'});
  });
});

describe('OAuth and v1', () => {
  it('a body of the token endpoint is read with its words', () => {
    const body = {error: 'invalid_grant', error_description: 'Invalid or expired refresh token.'};
    expect(only(body, {status: 400})).toEqual({
      api: 'oauth-v2',
      type: 'invalid_grant',
      status: 400,
      description: 'Invalid or expired refresh token.',
    });
    expect(only(body, {status: 400, api: 'oauth-v3'}).api).toBe('oauth-v3');
  });

  it('a v1 body is told apart from OAuth by its name', () => {
    const body = {error: 'vehicle_state_error', message: 'asleep', code: 'VS_006'};
    expect(only(body, {status: 409})).toEqual({
      api: '1.0',
      type: 'vehicle_state_error',
      code: 'VS_006',
      status: 409,
      description: 'asleep',
    });
  });

  it.each(['Bad Gateway', 'Internal Server Error', 'some_word', 'Forbidden'])(
    'a proxy that answers {error: "%s"} is not taken for a token endpoint',
    error => {
      const body = {error, message: 'sorry'};
      expect(only(body, {status: 502})).toEqual({api: 'any', status: 502, description: 'sorry'});
      expect(readEvidence(body)).toEqual([]);
    },
  );
});

describe('anything else', () => {
  it.each([
    ['HTML', '<!doctype html><title>502</title>'],
    ['text', 'upstream connect error'],
    ['an empty text', ''],
    ['JSON that is cut', '{"type": "UPSTREAM", "co'],
    ['JSON that is a list', '[1, 2]'],
    ['JSON of another shape', '{"message": "sorry"}'],
    ['JSON that is too long to be an error', `{"type":"UPSTREAM","x":"${'x'.repeat(2e6)}"}`],
    ['a number', 7],
    ['a function', () => 'UPSTREAM'],
    ['null', null],
    ['nothing', undefined],
  ])('is read by its status alone: %s', (_, subject) => {
    expect(readEvidence(subject)).toEqual([]);
    expect(readEvidence(subject, {status: 502, ...header('RETRY-AFTER', '3')})).toEqual([
      {api: 'any', status: 502, retryAfter: '3'},
    ]);
  });

  it('is read by status and headers where it is a response, whose body takes a wait', () => {
    const headers = {'retry-after': '7', 'sc-request-id': 'req-2'};
    const response = Response.json(v2('UPSTREAM', 'NO_RESPONSE', 502), {status: 502, headers});
    expect(isResponseLike(response)).toBe(true);
    expect(readEvidence(response)).toEqual([{api: 'any', status: 502, retryAfter: '7', requestId: 'req-2'}]);
    expect(response.bodyUsed).toBe(false);
  });

  it.each([
    ['Headers', new Headers({'Retry-After': '9'})],
    ['a Map', new Map([['retry-after', '9']])],
    ['a plain object in lower case', {'retry-after': '9'}],
    ['a plain object in any case', {'ReTrY-AfTeR': '9'}],
  ])('finds Retry-After in %s', (_, headers) => {
    expect(only('', {status: 429, headers}).retryAfter).toBe('9');
  });
});
