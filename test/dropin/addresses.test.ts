import {describe, expect, test} from 'vitest';
import {withPolicy, createPolicy} from '../../src/index.ts';
import {bothWays, ending, face, PLACES} from './both-ways.ts';

const read = async (call: Promise<Response>): Promise<unknown> => {
  const response = await call;
  return [face(response), await response.text()];
};

const addresses: Readonly<Record<string, unknown>> = {
  'a path': '/v2.0/vehicles',
  'a name': 'vehicles',
  'an empty text': '',
  nothing: undefined,
  null: null,
  'a number': 42,
  'an object': {},
  'a symbol': Symbol('url'),
  'a port that is none': 'http://127.0.0.1:99999/',
  'data:': 'data:text/plain,hello',
  'data: in base64': 'data:application/json;base64,eyJhIjoxfQ==',
  'data: without a comma': 'data:nothing',
  'blob: of nothing': 'blob:nodedata:12345',
  'blob: in the name of an origin of Smartcar’s': 'blob:https://api.smartcar.com/1',
  'about:blank': 'about:blank',
  'file:': 'file:///etc/hosts',
  'a port that fetch refuses': 'http://127.0.0.1:6667/',
};

describe.each(PLACES)('beside %s', place => {
  test.each(Object.entries(addresses))('%s is as with fetch', async (_name, address) => {
    const {plain, policed} = await bothWays(place, () => ending(read(fetch(address as string))));
    expect(policed).toEqual(plain);
  });

  test('a Blob’s URL is read as with fetch', async () => {
    const url = URL.createObjectURL(new Blob(['abc'], {type: 'text/plain'}));
    const {plain, policed} = await bothWays(place, () => read(fetch(url)));
    expect(policed).toEqual(plain);
    URL.revokeObjectURL(url);
  });

  test.each(['#part', '?ü=ö&a=%zz', '/../ok', '/./ok'])('a URL that ends in %s', async end => {
    const {plain, policed} = await bothWays(place, ({at}) => read(fetch(`  ${at}/ok${end}  `)));
    expect(policed).toEqual(plain);
    expect(policed.sent).toHaveLength(1);
  });

  test('credentials in a URL are refused in the same words', async () => {
    const {plain, policed} = await bothWays(place, ({at}) =>
      ending(fetch(`${at.replace('://', '://a:b@')}/ok`)),
    );
    expect(policed).toEqual({...plain, saw: {error: expect.objectContaining({type: 'TypeError'})}});
    expect(policed.sent).toEqual([]);
  });
});

test('a fetch that knows what a path is relative to gets it as it came', async () => {
  const calls: unknown[][] = [];
  const answer = new Response('own');
  const base = async (...args: unknown[]): Promise<Response> => (calls.push(args), answer);
  const init = {headers: {a: 'b'}};
  expect(await withPolicy(base, createPolicy(), {user: 'ada'})('/api/own', init)).toBe(answer);
  expect(calls).toEqual([['/api/own', init]]);
  expect(calls[0]?.[1]).toBe(init);
});
