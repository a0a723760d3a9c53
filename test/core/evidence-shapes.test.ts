import {describe, expect, it} from 'vitest';
import {readEvidence} from '../../src/core/evidence/read.ts';
import {v2} from './support/call.ts';
import {only} from './support/only.ts';

const detailOf = (detail: unknown): unknown => only(v2('VALIDATION', null, 400, {detail})).detail;

describe('the fields that a v2 body refuses', () => {
  it.each([
    ['a path', {field: ['charge', 'limit'], message: 'no'}, {field: 'charge.limit', message: 'no'}],
    [
      'a path with a number',
      {field: ['requests', 0, 'path'], message: 'no'},
      {field: 'requests.path', message: 'no'},
    ],
    ['a word', {field: 'limit', message: 'no'}, {field: 'limit', message: 'no'}],
    ['no message', {field: ['limit']}, {field: 'limit', message: ''}],
    ['no field', {message: 'no'}, {field: '', message: 'no'}],
    ['a path that is too long', {field: ['x'.repeat(101)]}, {field: 'x'.repeat(100), message: ''}],
  ])('are read with %s', (_, problem, expected) => {
    expect(detailOf([problem])).toStrictEqual([expected]);
  });

  it.each([
    ['a text', 'must be a number'],
    ['no entries', []],
    ['entries that say nothing', [{}, null, 'text', {field: 7, message: 7}]],
  ])('are absent where the detail is %s', (_, detail) => {
    expect(only(v2('VALIDATION', null, 400, {detail}))).not.toHaveProperty('detail');
  });

  it('are twenty at most', () => {
    expect(detailOf(Array.from({length: 25}, () => ({field: 'limit'})))).toHaveLength(20);
  });
});

describe('the shape of a body', () => {
  it.each(['Upstream', 'upstreamX', 'UPSTREAM'])('of type %s is flat, and of no older dialect', type => {
    expect(only({type})).toStrictEqual({api: '2.0', type});
  });

  it('with a code that is a number and no path is no item of a batch', () => {
    expect(only({type: 'UPSTREAM', code: 502})).toStrictEqual({api: '2.0', type: 'UPSTREAM'});
  });

  it('with signals and no state is the error of a webhook', () => {
    expect(only({errors: [{type: 'UPSTREAM', signals: ['a']}]}).api).toBe('webhook-4.0');
    expect(only({type: 'UPSTREAM', signals: ['a']}).api).toBe('webhook-4.0');
  });

  it('of a token endpoint is known without its status', () => {
    expect(only({error: 'invalid_grant'})).toStrictEqual({api: 'oauth-v2', type: 'invalid_grant'});
  });

  it('with a list that cannot be read is none', () => {
    const data: unknown = new Proxy([1], {
      get: () => {
        throw new Error('no');
      },
    });
    expect(readEvidence({data})).toStrictEqual([]);
  });
});

describe('an item of a batch', () => {
  it.each([
    [399, []],
    [400, [{api: 'any', part: true, status: 400}]],
    [9_999, []],
    [undefined, []],
  ])('failed from 400 up: %j', (code, expected) => {
    expect(readEvidence({responses: [{path: '/fuel', code}]})).toStrictEqual(expected);
  });

  it.each([
    ['an item', {path: '/fuel', code: 409, body: v2('VEHICLE_STATE', 'ASLEEP', 409)}],
    ['a batch', {responses: [{path: '/fuel', code: 409}]}],
  ])('is read by its status alone where its body is %s', (_, body) => {
    expect(only({path: '/batch', code: 502, body})).toStrictEqual({api: 'any', part: true, status: 502});
  });
});

const urlOf = (url: string): unknown =>
  only({type: 'UPSTREAM', resolution: {type: 'X', url}}).resolution?.url;

const long = (length: number): string => `https://a.b/${'x'.repeat(length - 12)}`;

describe("a page for the owner, in a resolution's url", () => {
  it.each(['https://connect.smartcar.com/x', 'http://127.0.0.1:4000/x', long(2_000)])('is kept: %s', url => {
    expect(urlOf(url)).toBe(url);
  });

  it.each(['javascript:alert(1)', 'xhttps://a.b', 'https-x://a.b', 'data:text/html,x', '/x', long(2_001)])(
    'is dropped, since a link is made of it: %s',
    url => {
      expect(urlOf(url)).toBeUndefined();
    },
  );
});
