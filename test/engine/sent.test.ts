import {describe, expect, it} from 'vitest';
import {describeSent} from '../../src/engine/sent.ts';
import {DEFAULT_ORIGINS} from '../../src/options.ts';

const CANARY = 'canary4711token';
const URL_V2 = 'https://api.smartcar.com/v2.0/vehicles/c/charge/limit';

function sent(
  over: {url?: string; method?: string; headers?: Record<string, string>; body?: RequestInit['body']} = {},
) {
  const {url = URL_V2, method = 'post', headers, body} = over;
  return describeSent(DEFAULT_ORIGINS, {url, method, headers: headers && new Headers(headers), body});
}

describe('a request as hints may show it', () => {
  it.each([
    ['a bearer', {headers: {authorization: `Bearer ${CANARY}`}}],
    ['a token alone', {headers: {authorization: CANARY}}],
    ['a token before its scheme', {headers: {authorization: `${CANARY} Bearer`}}],
    ['a token in quotes', {headers: {authorization: `Bearer "${CANARY}"`}}],
    ['another header', {headers: {'x-secret': CANARY, cookie: CANARY, 'sc-user-id': CANARY}}],
    ['the query', {url: `${URL_V2}?access_token=${CANARY}&b=1`}],
    ['a query without a name', {url: `${URL_V2}?${CANARY}`}],
    ['the fragment', {url: `${URL_V2}#${CANARY}`}],
    ['the credentials of a URL', {url: `https://${CANARY}:${CANARY}@api.smartcar.com/v2.0/vehicles`}],
    ['a body of JSON', {body: JSON.stringify({limit: CANARY, deep: [{pin: CANARY}]})}],
    ['a name in JSON', {body: JSON.stringify({[CANARY]: 1})}],
    ['JSON that is a text', {body: JSON.stringify(CANARY)}],
    ['a text', {body: CANARY}],
    ['a form', {body: new URLSearchParams({client_secret: CANARY})}],
    [
      'the text of a form',
      {body: `client_secret=${CANARY}`, headers: {'content-type': 'application/x-www-form-urlencoded'}},
    ],
    ['no URL', {url: CANARY}],
  ])('never holds a token of %s', (_, over) => {
    expect(JSON.stringify(sent(over))).not.toContain(CANARY);
  });

  it.each([
    [undefined, {}],
    ['Bearer abc.def', {scheme: 'Bearer'}],
    ['basic abc', {scheme: 'basic'}],
    ['eyJhbGciOi.abc', {bare: true}],
    ['Bearer', {scheme: 'Bearer', flaw: 'nothing'}],
    ['Bearer undefined', {scheme: 'Bearer', flaw: 'undefined'}],
    ['Bearer null', {scheme: 'Bearer', flaw: 'null'}],
    ['Bearer [object Object]', {scheme: 'Bearer', flaw: 'object'}],
    ['Bearer Bearer abc', {scheme: 'Bearer', flaw: 'twice'}],
    ['Bearer <abc>', {scheme: 'Bearer', flaw: 'quotes'}],
  ])('tells what the authorization %s is like', (authorization, expected) => {
    const {scheme, bare, flaw} = sent(authorization === undefined ? {} : {headers: {authorization}});
    expect({scheme, bare, flaw}).toEqual({scheme: undefined, bare: undefined, flaw: undefined, ...expected});
  });

  it.each([
    [null, 'none', undefined],
    ['', 'none', undefined],
    ['{"limit": 0.8}', 'json', ['limit']],
    [
      '{"data": {"attributes": {"percent": 80}}}',
      'json',
      ['data', 'data.attributes', 'data.attributes.percent'],
    ],
    ['{"requests": [{"path": "/vin"}, {"other": 1}]}', 'json', ['requests', 'requests.path']],
    ['null', 'json', []],
    ['[object Object]', 'other', undefined],
    [new URLSearchParams({grant_type: 'x'}), 'form', ['grant_type']],
    [new Uint8Array(2), 'unread', undefined],
    ['{"a": 1, '.repeat(20_000), 'unread', undefined],
  ])('names the members of the body %#', (body, kind, fields) => {
    const seen = sent({body});
    expect([seen.body, seen.fields]).toEqual([kind, fields]);
  });

  it('names the host by its option, and none where one origin plays both APIs', () => {
    expect(sent()).toMatchObject({method: 'POST', host: 'api', url: URL_V2, hasUserId: false});
    expect(sent({url: 'https://example.com/x'}).host).toBe('elsewhere');
    const one = {...DEFAULT_ORIGINS, api: 'http://localhost:1', apiV3: 'http://localhost:1'};
    const {host} = describeSent(one, {
      url: 'http://localhost:1/v3/x',
      method: 'GET',
      headers: undefined,
      body: null,
    });
    expect(host).toBeUndefined();
  });
});
