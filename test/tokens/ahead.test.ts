import {describe, expect, test} from 'vitest';
import {memoryStore} from '../../src/index.ts';
import {all, bench, heldFetch} from './support/bench.ts';

const AHEAD = 7_200_000 - 60_000;
const NEAR = 7_200_000 - 5_000;

test('a token a minute before its end is renewed once, in the background', async () => {
  const wire = heldFetch();
  const {clock, policy, pair, readMany, tokenRequests} = await bench({
    policy: {fetch: (url, init) => wire.fetch(url, init)},
  });
  await clock.advance(AHEAD - 1);
  expect(await readMany(5)).toEqual(all(5));
  expect(tokenRequests()).toHaveLength(0);
  await clock.advance(1);
  expect(await readMany(20)).toEqual(all(20));
  // All of them went on with the old token while the new one was on its way.
  expect((await policy.tokens.get('ada'))?.accessToken).toBe(pair.accessToken);
  wire.letGo();
  await expect.poll(async () => (await policy.tokens.get('ada'))?.accessToken).not.toBe(pair.accessToken);
  expect(await readMany(20)).toEqual(all(20));
  expect(tokenRequests()).toHaveLength(1);
});

test.each([
  ['answers 503', {html: 503}],
  ['answers invalid_client', {error: 'invalid_client'}],
  ['answers invalid_grant', {error: 'invalid_grant'}],
  ['cuts the connection', {drop: 'before'}],
] as const)(
  'calls go on with the old token while a renewal ahead of time meets an endpoint that %s',
  async (_, reply) => {
    const {simulator, clock, readMany, tokenRequests, events} = await bench();
    simulator.next({endpoint: 'token', times: Infinity}, reply);
    await clock.advance(AHEAD);
    for (let turn = 0; turn < 4; turn++) expect(await readMany(5)).toEqual(all(5));
    await expect.poll(() => events.filter(([name]) => name === 'refresh').length).toBe(1);
    expect(await readMany(5)).toEqual(all(5));
    // Not one request for each call: the next try is half a minute away.
    expect(tokenRequests()).toHaveLength(1);
    await clock.advance(30_000);
    expect(await readMany(5)).toEqual(all(5));
    await expect.poll(() => tokenRequests().length).toBe(2);
    expect(events.filter(([name]) => name === 'reauth' || name === 'fail')).toEqual([]);
  },
);

test('the last seconds of a token are not for sending: calls wait for the new one', async () => {
  const {clock, policy, pair, readMany, reads, tokenRequests} = await bench();
  await clock.advance(NEAR);
  expect(await readMany(20)).toEqual(all(20));
  expect(tokenRequests()).toHaveLength(1);
  expect((await policy.tokens.get('ada'))?.accessToken).not.toBe(pair.accessToken);
  expect(new Set(reads().map(({token}) => token))).toEqual(new Set([2]));
});

test('in the last seconds, with the token endpoint down, the old token is used after all', async () => {
  const {simulator, clock, readMany} = await bench();
  simulator.next({endpoint: 'token', times: Infinity}, {html: 503});
  await clock.advance(NEAR);
  expect(await readMany(5)).toEqual(all(5));
});

test('in the last seconds, with no lock to be had, the old token is used after all', async () => {
  const store = memoryStore();
  const {clock, readMany, tokenRequests} = await bench({
    policy: {store: {...store, acquire: () => Promise.reject(new Error('the lock server is away'))}},
  });
  await clock.advance(NEAR);
  expect(await readMany(5)).toEqual(all(5));
  expect(tokenRequests()).toHaveLength(0);
});

describe('a window longer than the life of a token', () => {
  test('does not renew it with every call', async () => {
    const {clock, read, tokenRequests, events} = await bench({
      tokens: {accessTtlMs: 600_000},
      policy: {refreshAheadMs: 900_000},
    });
    for (let turn = 0; turn < 10; turn++) {
      expect(await read()).toBe(200);
      await expect.poll(() => events.some(([name]) => name === 'refresh')).toBe(true);
    }
    expect(tokenRequests()).toHaveLength(1);
    await clock.advance(595_000);
    expect(await read()).toBe(200);
    expect(tokenRequests()).toHaveLength(2);
  });
});
