import {describe, expect, test} from 'vitest';
import type {Evidence} from '../../src/core/evidence/read.ts';
import {cleansedBy, secretsIn} from '../../src/engine/cleansing.ts';
import type {Sendable} from '../../src/engine/sent.ts';

const LONGEST_BODY = 100_000;
const CANARY = 'canary-4711';
const clean = cleansedBy([undefined, CANARY]);
const said = (description: string): string | undefined => clean({api: '2.0', description}).description;

describe('what a server said', () => {
  test('is the same entry where nothing has to go', () => {
    const entry: Evidence = {api: '2.0', status: 400, type: 'VALIDATION', description: 'a wrong limit'};
    expect(clean(entry)).toBe(entry);
    expect(clean({api: 'any'})).toStrictEqual({api: 'any'});
  });

  test.each(['type', 'code', 'requestId', 'description', 'suggestedUserMessage'] as const)(
    'shows no known secret in its %s, and keeps the rest',
    name => {
      const entry = {api: '2.0', status: 400, [name]: `x ${CANARY} y`} as const;
      expect(clean(entry)).toStrictEqual({api: '2.0', status: 400, [name]: 'x [redacted] y'});
    },
  );

  test.each([
    ['Invalid refresh_token: 3e565aed', 'Invalid refresh_token: [redacted]'],
    ['{"client_secret": "abc", "a": 1}', '{"client_secret": "[redacted]", "a": 1}'],
    ["token='abc'", "token='[redacted]'"],
    ['TOKEN = abc; more', 'TOKEN = [redacted]; more'],
    ['token  :  abc,more', 'token  :  [redacted],more'],
    ['code=abc&state=x', 'code=[redacted]&state=x'],
    ['password:abc def', 'password:[redacted] def'],
    ['token:a token:b', 'token:[redacted] token:[redacted]'],
    ['error code: 5', 'error code: 5'],
    ['error_code: 5', 'error_code: 5'],
    ['errorcode: 5', 'errorcode: 5'],
    ['status code: 400', 'status code: 400'],
    ['Status_Code=400', 'Status_Code=400'],
    ['a code: 5', 'a code: [redacted]'],
    ['my error, code: 5', 'my error, code: [redacted]'],
    ['token: ', 'token: '],
    ['token: ""', 'token: ""'],
    ['the token is wrong', 'the token is wrong'],
    ['bearer abcdef', 'bearer [redacted]'],
    ['Basic  a.b~c+d/e=f-g_h!', 'Basic  [redacted]!'],
    ['bearer abc', 'bearer abc'],
    ['bearer abcdef bearer ghijkl', 'bearer [redacted] bearer [redacted]'],
    ['xbearer abcdef', 'xbearer abcdef'],
    ['bearer\tabcdef', 'bearer\t[redacted]'],
  ])('%j becomes %j', (description, shown) => {
    expect(said(description)).toBe(shown);
  });

  test('keeps words that only look like the name of a secret, where they are no sentence', () => {
    const entry: Evidence = {api: '2.0', type: 'token: abc', code: 'bearer abcdef', requestId: 'code=abc'};
    expect(clean(entry)).toBe(entry);
    expect(clean({api: '2.0', suggestedUserMessage: 'token: abc'})).toMatchObject({
      suggestedUserMessage: 'token: [redacted]',
    });
  });

  test('is cleansed field by field', () => {
    const detail = [
      {field: `a ${CANARY}`, message: 'token: abc'},
      {field: 'limit', message: 'too high'},
    ];
    expect(clean({api: '2.0', detail}).detail).toEqual([
      {field: 'a [redacted]', message: 'token: [redacted]'},
      {field: 'limit', message: 'too high'},
    ]);
  });

  test.each([
    [{type: `RETRY ${CANARY}`}, {type: 'RETRY [redacted]'}],
    [
      {type: 'REAUTHENTICATE', url: `https://x.example/?a=${CANARY}&code=1`},
      {type: 'REAUTHENTICATE', url: 'https://x.example/?a=[redacted]&code=1'},
    ],
    [
      {type: 'REAUTHENTICATE', url: ''},
      {type: 'REAUTHENTICATE', url: ''},
    ],
    [{url: 'https://x.example'}, {type: undefined, url: 'https://x.example'}],
  ])('is cleansed in its resolution: %j', (resolution, expected) => {
    expect(clean({api: '2.0', resolution} as Evidence).resolution).toStrictEqual(expected);
  });
});

const secretsOf = (over: Partial<Sendable>): readonly string[] =>
  secretsIn({url: 'https://a.example/x', method: 'GET', headers: undefined, body: null, ...over}).filter(
    secret => secret !== '',
  );

const jsonOf = (length: number): string => `{"pin": "v1", "x": "${'y'.repeat(length - 22)}"}`;

const formOf = (length: number): string => `pin=v1&x=${'y'.repeat(length - 9)}`;

const header = (headers: Record<string, string>): readonly string[] =>
  secretsOf({headers: new Headers(headers)});

describe('the secrets of a request', () => {
  test('are none without a request, or where it holds none', () => {
    expect(secretsIn(undefined)).toEqual([]);
    expect(secretsOf({})).toEqual([]);
    expect(secretsOf({url: 'nowhere'})).toEqual([]);
    expect(header({'x-other': CANARY})).toEqual([]);
  });

  test('are what its credentials hold, as they are and decoded', () => {
    const basic = Buffer.from('client-id-1:client-secret-1').toString('base64');
    expect(header({authorization: `Basic ${basic}`})).toEqual(
      expect.arrayContaining([basic, 'client-id-1', 'client-secret-1']),
    );
    expect(header({authorization: 'Bearer "a-long-token"'})).toContain('a-long-token');
    expect(header({cookie: `session=${CANARY}; b=<other-4711>`})).toEqual(
      expect.arrayContaining([CANARY, 'other-4711']),
    );
  });

  test('are no words of eight characters or less', () => {
    expect(header({authorization: 'Bearer 12345678'})).toEqual([]);
    expect(header({authorization: 'Bearer 123456789'})).toContain('123456789');
  });

  test('are those of its URL: the user, the password, and what is named like a secret', () => {
    expect(secretsOf({url: `https://me:${CANARY}@a.example/x?token=t1&code=c1&limit=5`})).toEqual([
      'me',
      CANARY,
      't1',
      'c1',
    ]);
    expect(secretsOf({url: new URL('https://a.example/?client_secret=s1')})).toEqual(['s1']);
  });

  test.each([
    ['access_token', true],
    ['clientSecret', true],
    ['code', true],
    ['Password', true],
    ['x-authorization', true],
    ['pin', true],
    ['PIN', true],
    ['spin', false],
    ['pins', false],
    ['limit', false],
  ])('are members named %s: %s', (name, secret) => {
    const expected = secret ? ['v1'] : [];
    expect(secretsOf({body: new URLSearchParams({[name]: 'v1'})})).toEqual(expected);
    expect(secretsOf({body: JSON.stringify({[name]: 'v1'})})).toEqual(expected);
    expect(secretsOf({body: `${name}=v1`})).toEqual(expected);
    const data = new FormData();
    data.append(name, 'v1');
    expect(secretsOf({body: data})).toEqual(expected);
  });

  test('are texts: no number of a body, and no file of a form', () => {
    expect(secretsOf({body: '{"pin": 5, "token": null, "code": "c1"}'})).toEqual(['c1']);
    const data = new FormData();
    data.append('token', new Blob(['x']));
    expect(secretsOf({body: data})).toEqual([]);
  });

  test.each([['null'], ['[]'], ['{'], ['5'], [new Uint8Array(3)], [undefined]])('are none in %#', body => {
    expect(secretsOf({body: body as RequestInit['body']})).toEqual([]);
  });

  test('are not looked for in a body that is longer than can be read', () => {
    expect(jsonOf(LONGEST_BODY)).toHaveLength(LONGEST_BODY);
    expect(secretsOf({body: jsonOf(LONGEST_BODY)})).toEqual(['v1']);
    expect(secretsOf({body: jsonOf(LONGEST_BODY + 1)})).toEqual([]);
    expect(secretsOf({body: formOf(LONGEST_BODY)})).toEqual(['v1']);
    expect(secretsOf({body: formOf(LONGEST_BODY + 1)})).toEqual([]);
  });
});
