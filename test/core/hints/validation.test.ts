import {describe, expect, it} from 'vitest';
import {content, parameters, refusedFields, userHeader} from '../../../src/core/hints/validation.ts';
import {asked, CAR, facts, ours, V2, V3, v2Failure} from './facts.ts';

const failure = v2Failure('VALIDATION', undefined, 400);
const limit = `${V2}/vehicles/${CAR}/charge/limit`;
const json = {body: 'json', contentType: 'application/json'} as const;

describe('the content of a request that is invalid', () => {
  it.each([
    ['a body without a content type', 'POST', {body: 'json'}, /no `content-type`.*application\/json/],
    [
      'a body as text',
      'POST',
      {body: 'json', contentType: 'text/plain;charset=UTF-8'},
      /`text\/plain;charset=UTF-8`/,
    ],
    ['a form', 'POST', {body: 'form'}, /is a form/],
    [
      'a text that is no JSON',
      'POST',
      {body: 'other', contentType: 'application/json'},
      /no JSON.*JSON\.stringify/,
    ],
    ['a GET with a body', 'GET', json, /A GET takes no body/],
    ['a HEAD with a body', 'HEAD', json, /A HEAD takes no body/],
    ['a DELETE with a body', 'DELETE', json, /A DELETE takes no body/],
    [
      'a type that only sounds like it',
      'POST',
      {body: 'json', contentType: 'text/jsonx'},
      /is `text\/jsonx`;/,
    ],
  ] as const)('is named for %s', (_, method, sent, expected) => {
    expect(content(facts({failure, ...asked(method, limit, sent)}))).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  it.each([
    ['JSON', 'POST', json],
    ['JSON of a vendor', 'POST', {body: 'json', contentType: 'application/vnd.api+json'}],
    ['no body', 'POST', {}],
    ['a GET without one', 'GET', {}],
  ] as const)('is not named for %s', (_, method, sent) => {
    expect(content(facts({failure, ...asked(method, limit, sent)}))).toEqual([]);
  });

  it.each(['GET', 'POST'])('is not named where nobody knows the body of a %s', method => {
    expect(content(facts({failure, sent: {method}}))).toEqual([]);
    expect(content(facts({failure}))).toEqual([]);
  });

  it('is not named where something else failed', () => {
    expect(content(facts({failure: {status: 401}, ...asked('POST', limit, {body: 'form'})}))).toEqual([]);
  });
});

describe('the parameters of a command', () => {
  it.each([
    [
      'POST',
      `${V2}/vehicles/${CAR}/navigation/destination`,
      ['lattitude', 'longitude'],
      ['The body has `lattitude`, where `latitude` is meant.'],
    ],
    ['POST', limit, ['limt'], ['The body has `limt`, where `limit` is meant.']],
    [
      'POST',
      `${V2}/vehicles/${CAR}/tesla/security/pin`,
      ['pni'],
      ['The body has `pni`, where `pin` is meant.'],
    ],
    ['POST', limit, [], ['The body lacks `limit`: this command takes `limit` (a number from 0.5 to 1).']],
    [
      'POST',
      `${V3}/vehicles/${CAR}/commands/charge/set-limit`,
      ['percent'],
      ['`percent` stands in the wrong place of the body: `data.attributes.percent` is read.'],
    ],
    [
      'POST',
      `${V2}/vehicles/${CAR}/batch`,
      ['requests'],
      [expect.stringContaining('The body lacks `requests.path`')],
    ],
    // Right, or like nothing that is known.
    ['POST', limit, ['limit'], []],
    ['POST', limit, ['limit', 'note'], []],
    [
      'POST',
      `${V3}/vehicles/${CAR}/commands/charge/set-limit`,
      ['data', 'data.attributes', 'data.attributes.percent'],
      [],
    ],
    ['POST', `${V2}/vehicles/${CAR}/brand_new`, ['limt'], []],
  ])('are held against the body of %s %s with %j', (method, url, fields, expected) => {
    expect(parameters(facts({failure, ...asked(method, url, {...json, fields})}))).toEqual(expected);
  });

  it.each([
    [
      'something else failed',
      {failure: v2Failure('PERMISSION'), ...asked('POST', limit, {...json, fields: []})},
    ],
    ['the request is not known', {failure, operation: 'POST /vehicles/{id}/charge/limit'}],
    ['the command is not known', {failure, ...asked('POST', `${V2}/vehicles/${CAR}/brand_new`)}],
    ['it is no command', {failure, ...asked('GET', limit), operation: 'POST /vehicles/{id}/charge/limit'}],
    ['the body is a form', {failure, ...asked('POST', limit, {body: 'form', fields: ['limt']})}],
    ['the body could not be read', {failure, ...asked('POST', limit, {body: 'unread'})}],
    ['its members are not known', {failure, ...asked('POST', limit, json)}],
  ])('are no matter where %s', (_, known) => {
    expect(parameters(facts(known))).toEqual([]);
  });

  it('are those of the path, or else of the name that the call has', () => {
    const sent = {method: 'POST', body: 'none'} as const;
    const operation = 'POST /vehicles/{id}/charge/limit';
    expect(parameters(facts({failure, sent, operation}))).toEqual([expect.stringContaining('takes `limit`')]);
    const {request} = asked('POST', `${V2}/vehicles/${CAR}/security`);
    expect(parameters(facts({failure, sent, operation, request: request!}))).toEqual([
      expect.stringContaining('takes `action`'),
    ]);
    const read = {...sent, method: 'GET'};
    expect(parameters(facts({failure, sent: read, operation}))).toEqual([]);
  });

  it('are named where there is no body', () => {
    expect(parameters(facts({failure, ...asked('POST', limit)}))).toEqual([
      'The request has no body, and this command takes `limit` (a number from 0.5 to 1).',
    ]);
  });
});

describe('the fields that were refused', () => {
  it.each([
    [
      {field: 'limit', message: 'must be a number'},
      '`limit`: must be a number. It has to be a number from 0.5 to 1.',
    ],
    [{field: 'limti', message: 'is unknown.'}, '`limti`: is unknown. `limit` is meant, perhaps.'],
    [{field: 'colour', message: ''}, '`colour`: it is refused.'],
    [{field: '', message: 'something is wrong'}, 'A parameter: something is wrong.'],
  ])('are named with what they have to be: %j', (detail, expected) => {
    const refused = facts({failure: {...failure, detail: [detail]}, ...asked('POST', limit, json)});
    expect(refusedFields(refused)).toEqual([expected]);
  });

  it('are not guessed at twice where the body was looked at', () => {
    const known = facts({
      failure: {...failure, detail: [{field: 'limt', message: 'no'}]},
      ...asked('POST', limit, {...json, fields: ['limt']}),
    });
    expect([...refusedFields(known), ...parameters(known)]).toEqual([
      '`limt`: no.',
      'The body has `limt`, where `limit` is meant.',
    ]);
  });

  it('are three at most', () => {
    const detail = ['a', 'b', 'c', 'd'].map(field => ({field, message: 'no'}));
    expect(refusedFields(facts({failure: {...failure, detail}}))).toHaveLength(3);
  });
});

describe('the header `sc-user-id`', () => {
  const missing = v2Failure('VALIDATION', 'MISSING_PARAMETER', 400);
  const signals = `${V3}/vehicles/${CAR}/signals`;

  it.each([
    ['it was not sent', {failure: missing, ...asked('GET', signals)}, /was not sent.*`user_id`/],
    ['nothing is known of the request', {failure: missing}, /is missing/],
    [
      'access is denied',
      {failure: v2Failure('AUTHENTICATION', 'ACCESS_DENIED', 403), ...asked('GET', signals)},
      /was not sent/,
    ],
    ['the SDK sends none', {failure: missing, operation: 'getSignals'}, /`getSignals` sends no/],
  ])('is named where %s', (_, known, expected) => {
    expect(userHeader(facts(known))).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    ['it was sent', {failure: missing, ...asked('GET', signals, {hasUserId: true})}],
    ['the policy sends it', {failure: missing, ...asked('GET', signals), ...ours('3')}],
    ['the call is of v2.0', {failure, ...asked('GET', limit)}],
    ['another parameter may be missing', {failure}],
    ['something else failed', {failure: v2Failure('PERMISSION'), ...asked('GET', signals)}],
    ['something else failed in the SDK', {failure: v2Failure('UPSTREAM'), operation: 'getSignals'}],
    ['nobody knows whether it was sent', {failure: missing, sent: {method: 'GET', host: 'apiV3'}}],
  ] as const)('is not named where %s', (_, known) => {
    expect(userHeader(facts(known))).toEqual([]);
  });
});
