import {describe, expect, test} from 'vitest';
import {actionIn, describeSent, pathsIn, type Sendable} from '../../src/engine/sent.ts';
import {DEFAULT_ORIGINS} from '../../src/options.ts';

const LONGEST_BODY = 100_000;

function sendable(over: Partial<Sendable> = {}): Sendable {
  return {
    url: 'https://api.smartcar.com/v2.0/vehicles',
    method: 'post',
    headers: undefined,
    body: null,
    ...over,
  };
}

const described = (over: Partial<Sendable>): ReturnType<typeof describeSent> =>
  describeSent(DEFAULT_ORIGINS, sendable(over));

const withHeaders = (headers: Record<string, string>): ReturnType<typeof describeSent> =>
  described({headers: new Headers(headers)});

/** A JSON body of just so many characters. */
const long = (length: number, start = '{"action":"LOCK","x":"'): string =>
  `${start.padEnd(length - 2, 'y')}"}`;

describe('what is described', () => {
  test('is all of a bare request, and nothing that it lacks', () => {
    expect(described({})).toStrictEqual({
      method: 'POST',
      url: 'https://api.smartcar.com/v2.0/vehicles',
      host: 'api',
      body: 'none',
      hasUserId: false,
    });
  });

  test('is no more than method and place of what is known in part', () => {
    const headers = new Headers({authorization: 'Bearer abc', 'sc-user-id': 'ada'});
    expect(described({partly: true, headers, body: '{"a": 1}'})).toStrictEqual({
      method: 'POST',
      url: 'https://api.smartcar.com/v2.0/vehicles',
      host: 'api',
      partly: true,
    });
    expect(described({partly: false})).not.toHaveProperty('partly');
  });

  test('names no host and no URL where the URL is none', () => {
    expect(described({url: 'nowhere'})).toStrictEqual({method: 'POST', body: 'none', hasUserId: false});
  });

  test('tells that an owner is named', () => {
    expect(withHeaders({'sc-user-id': 'ada'})).toMatchObject({hasUserId: true});
  });
});

test.each(Object.entries(DEFAULT_ORIGINS))('the host of %s is known by that name', (name, origin) => {
  expect(described({url: `${origin}/x`}).host).toBe(name);
});

test('a host that plays both APIs hides none of the others', () => {
  const origins = {...DEFAULT_ORIGINS, api: 'http://localhost:1', apiV3: 'http://localhost:1'};
  expect(describeSent(origins, sendable({url: 'http://localhost:1/x'}))).not.toHaveProperty('host');
  expect(describeSent(origins, sendable({url: `${origins.auth}/x`})).host).toBe('auth');
  expect(describeSent(origins, sendable({url: 'https://a.example'})).host).toBe('elsewhere');
});

describe('the content type', () => {
  test.each([
    ['application/json', 'application/json'],
    ['Application/vnd.api+json; charset=utf-8', 'Application/vnd.api+json'],
    ['text/plain ;x', 'text/plain'],
    [' text/plain  ', 'text/plain'],
    ['application/json x', 'no media type'],
    ['secret', 'no media type'],
    ['x text/plain', 'no media type'],
    [`${'a'.repeat(50)}/${'b'.repeat(50)}`, `${'a'.repeat(50)}/${'b'.repeat(50)}`],
    [`${'a'.repeat(51)}/b`, 'no media type'],
    [`a/${'b'.repeat(51)}`, 'no media type'],
  ])('%s is shown as %s', (type, shown) => {
    expect(described({headers: {get: () => type, has: () => false} as unknown as Headers})).toMatchObject({
      contentType: shown,
    });
  });

  test('is no member where there is none', () => {
    expect(withHeaders({})).not.toHaveProperty('contentType');
  });
});

describe('the authorization', () => {
  test.each([
    ['', {}],
    ['Bearer abc', {scheme: 'Bearer'}],
    ['Basic', {scheme: 'Basic', flaw: 'nothing'}],
    ['Digest', {bare: true}],
    ['Digest abc', {scheme: 'Digest'}],
    ['xbearer', {bare: true}],
    ['bearerx', {bare: true}],
    ['abcdefghijkl m', {scheme: 'abcdefghijkl'}],
    ['abcdefghijklm n', {bare: true}],
    ['a1 b', {bare: true}],
    ['aws-4 b', {bare: true}],
    ['aws-hmac b', {scheme: 'aws-hmac'}],
    ['1a b', {bare: true}],
    ['Bearer  \t abc', {scheme: 'Bearer'}],
    ['Bearer bearer', {scheme: 'Bearer'}],
    ['Bearer xbearer abc', {scheme: 'Bearer'}],
    ['Bearer bearerx abc', {scheme: 'Bearer'}],
    ['Bearer BASIC abc', {scheme: 'Bearer', flaw: 'twice'}],
    ['Bearer a"b', {scheme: 'Bearer'}],
    ["Bearer 'abc'", {scheme: 'Bearer', flaw: 'quotes'}],
    ['Bearer "abc"', {scheme: 'Bearer', flaw: 'quotes'}],
  ])('%j is %j', (authorization, expected) => {
    const {
      method: _method,
      url: _url,
      host: _host,
      body: _body,
      hasUserId: _user,
      ...rest
    } = described({
      // As a client may have it: `Headers` would have trimmed it.
      headers: {
        get: (name: string) => (name === 'authorization' ? authorization : null),
        has: () => false,
      } as unknown as Headers,
    });
    expect(rest).toStrictEqual(expected);
  });

  test('is looked at without the blanks around it', () => {
    const headers = {get: () => '  Bearer abc ', has: () => false} as unknown as Headers;
    expect(described({headers})).toMatchObject({scheme: 'Bearer'});
    expect(described({headers})).not.toHaveProperty('flaw');
  });
});

test('the query shows each name once, and no value', () => {
  const url = 'https://api.smartcar.com/v2.0/x?a=1&b%20c=2&a=3&d=&e';
  expect(described({url}).url).toBe('https://api.smartcar.com/v2.0/x?a=…&b%20c=…&…');
});

describe('the body', () => {
  test.each<[what: string, over: Partial<Sendable>, expected: object]>([
    ['nothing', {body: undefined}, {body: 'none'}],
    ['a form', {body: new URLSearchParams('a=1&b=2')}, {body: 'form', fields: ['a', 'b']}],
    ['form data', {body: form({a: '1', b: '2'})}, {body: 'form', fields: ['a', 'b']}],
    ['a text that is as long as may be', {body: long(LONGEST_BODY)}, {body: 'json', fields: ['action', 'x']}],
    ['a longer text', {body: long(LONGEST_BODY + 1)}, {body: 'unread'}],
    ['bytes', {body: new Uint8Array(3)}, {body: 'unread'}],
    ['a text of none of the kinds', {body: 'a=1&b=2'}, {body: 'other'}],
    [
      'the text of a form',
      {body: 'a=1&b=2', headers: new Headers({'content-type': 'application/X-WWW-form-urlencoded'})},
      {body: 'form', fields: ['a', 'b']},
    ],
    ['a list', {body: '[{"a": 1}, {"b": 2}]'}, {body: 'json', fields: ['a']}],
    ['an empty list', {body: '[]'}, {body: 'json', fields: []}],
    ['a number', {body: '5'}, {body: 'json', fields: []}],
    [
      'members deep down',
      {body: '{"a": {"b": {"c": {"d": 1}}}}'},
      {body: 'json', fields: ['a', 'a.b', 'a.b.c']},
    ],
    [
      'members that are none',
      {body: JSON.stringify({a1: 1, '1': 1, 'a b': 1, A_b: 1, 'a-b': 1, '': 1})},
      {body: 'json', fields: ['A_b', 'a-b']},
    ],
    [
      'long names',
      {body: JSON.stringify({['a'.repeat(61)]: 1, ['b'.repeat(62)]: 1})},
      {body: 'json', fields: ['a'.repeat(61)]},
    ],
  ])('%s', (_, over, expected) => {
    const {body, fields} = described(over);
    expect({body, ...(fields && {fields})}).toStrictEqual(expected);
  });

  test('shows thirty names at most', () => {
    const names = Array.from({length: 40}, (_, at) => 'n'.repeat(at + 1));
    const body = JSON.stringify(Object.fromEntries(names.map(name => [name, 1])));
    expect(described({body}).fields).toEqual(names.slice(0, 30));
  });
});

describe('the action of a command', () => {
  test.each<[body: Sendable['body'], action: string | undefined]>([
    ['{"action":"LOCK"}', 'LOCK'],
    ['{"action"  :  "UNLOCK"}', 'UNLOCK'],
    ['{"action":"GO"}', 'GO'],
    ['{"action":"G"}', undefined],
    ['{"action":"ABCDEFGHIJ"}', 'ABCDEFGHIJ'],
    ['{"action":"ABCDEFGHIJK"}', undefined],
    ['{"action":"lock"}', undefined],
    ['{"other":"LOCK"}', undefined],
    [new URLSearchParams({action: 'LOCK'}), undefined],
    [null, undefined],
    [long(LONGEST_BODY), 'LOCK'],
    [long(LONGEST_BODY + 1), undefined],
  ])('in %#', (body, action) => {
    expect(actionIn(sendable({body}))).toBe(action);
  });
});

describe('the paths of a batch', () => {
  test.each<[body: Sendable['body'], paths: number]>([
    ['{"requests": [{"path": "/vin"}, {"path": "/fuel"}]}', 2],
    ['{"requests": []}', 1],
    ['{"requests": {"length": 5}}', 1],
    ['{"requests": "abc"}', 1],
    ['{}', 1],
    ['null', 1],
    ['{', 1],
    [new URLSearchParams('requests=1'), 1],
    [undefined, 1],
  ])('in %# are counted', (body, paths) => {
    expect(pathsIn(sendable({body}))).toBe(paths);
  });
});

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}
