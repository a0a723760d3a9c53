import {describe, expect, it, test} from 'vitest';
import {bench, errorEvent, hmac, NOON, post, verifyEvent} from './support/bench.ts';

const older = (challenge: unknown): object => ({version: '2.0', eventName: 'verify', payload: {challenge}});

describe.each([
  ['4.0', verifyEvent],
  ['2.0', older],
])('a challenge of payload %s', (_version, asking) => {
  it.each([
    ['signed', undefined],
    ['unsigned', null],
    ['with a signature that does not fit', hmac('x')],
  ])('is answered: %s', async (_how, signature) => {
    const {handle, accepted, rejected, reactions} = bench();
    const response = await handle(post(asking('nsQsLU7wY9WKt2IU'), signature));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({challenge: hmac('nsQsLU7wY9WKt2IU')});
    expect([accepted, rejected, reactions]).toEqual([[], [], []]);
  });

  it.each(['x', '_', 'a-b_C9', 'x'.repeat(128)])('may be %j', async challenge => {
    const {handle} = bench();
    const response = await handle(post(asking(challenge), null));
    expect(await response.json()).toEqual({challenge: hmac(challenge)});
  });

  it.each([
    '',
    'x'.repeat(129),
    'a b',
    'a\n',
    'a.b',
    '{}',
    '"a"',
    'é',
    5,
    null,
    undefined,
    ['abc'],
    {toString: 'abc'},
  ])('is not answered where it is %j: it is an unsigned body like any other', async challenge => {
    const {handle, rejected} = bench();
    const unsigned = await handle(post(asking(challenge), null));
    expect([unsigned.status, await unsigned.json()]).toEqual([401, {error: 'unsigned'}]);
    const signed = await handle(post(asking(challenge)));
    expect([signed.status, await signed.json()]).toEqual([400, {error: 'challenge'}]);
    expect(rejected.map(({why}) => why)).toEqual(['unsigned', 'challenge']);
  });
});

test('nobody gets a forged event signed by asking for it as a challenge', async () => {
  const {handle, reactions} = bench();
  const forged = JSON.stringify(errorEvent());
  const bait = await handle(post(verifyEvent(forged), null));
  expect(bait.status).toBe(401);
  const said = await bait.text();
  expect(said).not.toContain(hmac(forged));
  const stolen = /[\da-f]{64}/.exec(said)?.[0] ?? '0'.repeat(64);
  expect((await handle(post(forged, stolen))).status).toBe(401);
  expect(reactions).toEqual([]);
});

test('a challenge inside another event is no question', async () => {
  const {handle} = bench();
  const event = errorEvent({}, {data: {challenge: 'abc'}, challenge: 'abc'});
  expect((await handle(post(event, null))).status).toBe(401);
});

test('a challenge is answered each time, and whenever it was sent', async () => {
  const {handle, clock} = bench();
  const asked = verifyEvent('abc');
  expect((await handle(post(asked))).status).toBe(200);
  clock.set(NOON + 100 * 24 * 3_600_000);
  expect((await handle(post(asked))).status).toBe(200);
});
