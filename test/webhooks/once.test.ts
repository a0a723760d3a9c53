import {describe, expect, it} from 'vitest';
import {memoryMarks} from '../../src/stores/memory-records.ts';
import {bench, errorEvent, NOON, OWNER, post, VEHICLE} from './support/bench.ts';

const DAY_MS = 24 * 3_600_000;
const event = errorEvent();
const delivered = (deliveredAt: unknown, eventId = 'event-1'): object =>
  errorEvent({}, {eventId, meta: {version: '4.0', deliveredAt, mode: 'LIVE'}});

function gate(): {readonly opened: Promise<void>; open(): void; fail(error: unknown): void} {
  const {promise, resolve, reject} = Promise.withResolvers<void>();
  return {opened: promise, open: () => resolve(), fail: reject};
}

describe('an event that is delivered twice', () => {
  it('is answered twice and acted on once, however different the deliveries are', async () => {
    const {handle, reactions, accepted} = bench();
    expect((await handle(post(event))).status).toBe(200);
    expect((await handle(post(delivered(NOON + 25_000)))).status).toBe(200);
    expect([reactions.length, accepted.length]).toEqual([1, 1]);
  });

  it('is acted on once also where both come at the same time, and both learn how it went', async () => {
    const work = gate();
    const {handle, reactions, accepted} = bench({react: () => work.opened});
    const answers = [post(event), post(event), post(event)].map(request => handle(request));
    work.open();
    expect((await Promise.all(answers)).map(({status}) => status)).toEqual([200, 200, 200]);
    expect([reactions.length, accepted.length]).toEqual([0, 1]);
  });

  it('is not taken for handled while the first is still failing', async () => {
    const work = gate();
    const {handle} = bench({react: () => work.opened});
    const answers = [handle(post(event)), handle(post(event))];
    work.fail(new Error('the store is away'));
    expect((await Promise.all(answers)).map(({status}) => status)).toEqual([500, 500]);
  });

  it('is acted on once by two processes that share a store: who comes while the other is busy, has to come again', async () => {
    const marks = memoryMarks();
    const [one, other] = [bench({marks}), bench({marks})];
    const answers = await Promise.all([one.handle(post(event)), other.handle(post(event))]);
    expect(answers.map(({status}) => status)).toEqual([200, 500]);
    expect((await other.handle(post(event))).status).toBe(200);
    expect(one.reactions.length + other.reactions.length).toBe(1);
  });

  it('is remembered for as long as the same bytes pass for a delivery', async () => {
    const {handle, clock, reactions} = bench();
    const fast = delivered(NOON + 300_000);
    await handle(post(fast));
    clock.set(NOON + DAY_MS + 300_000);
    expect((await handle(post(fast))).status).toBe(200);
    clock.set(NOON + DAY_MS + 300_001);
    expect((await handle(post(fast))).status).toBe(400);
    expect(reactions).toHaveLength(1);
  });

  it('is known by its bytes where it has no id', async () => {
    const {handle, reactions} = bench();
    for (const eventId of [undefined, undefined, 5, 5, 'x'.repeat(101)])
      expect((await handle(post({...event, eventId}))).status).toBe(200);
    expect(reactions.map(([id]) => id.length)).toEqual([64, 64, 64]);
  });
});

describe('an event that could not be acted on', () => {
  it('is answered with 500, and acted on when it comes again', async () => {
    let calls = 0;
    const react = () => (++calls === 1 ? Promise.reject(new Error('the store is away')) : undefined);
    const {handle, accepted, rejected} = bench({react});
    const refused = await handle(post(event));
    expect([refused.status, await refused.json()]).toEqual([500, {error: 'failed'}]);
    expect(accepted).toEqual([]);
    expect(rejected).toEqual([
      {
        why: 'failed',
        status: 500,
        eventId: 'event-1',
        message: expect.stringMatching(/Smartcar delivers it again. Error: the store is away$/),
      },
    ]);
    expect((await handle(post(event))).status).toBe(200);
    expect([calls, accepted.length]).toEqual([2, 1]);
  });

  it('says so too where a handler throws at once, or throws what is no error', async () => {
    const strange = [
      5,
      null,
      Symbol('x'),
      Object.create(null),
      new Proxy(new Error('x'), {get: () => thrower('no')}),
    ];
    for (const thrown of strange) {
      const {handle, rejected} = bench({react: () => thrower(thrown)});
      expect((await handle(post(event))).status).toBe(500);
      expect(rejected).toHaveLength(1);
    }
  });

  it('is answered with 500 where nobody can be asked whether it was handled', async () => {
    const {handle, reactions, rejected} = bench({
      marks: {set: failing('away'), keep: failing('away'), clear: failing('away')},
    });
    expect((await handle(post(event))).status).toBe(500);
    expect([reactions, rejected.map(({why}) => why)]).toEqual([[], ['failed']]);
  });

  it('tells why it failed even if the mark cannot be taken away', async () => {
    const {handle, rejected} = bench({
      marks: {...memoryMarks(), clear: failing('away')},
      react: failing('the first reason'),
    });
    expect((await handle(post(event))).status).toBe(500);
    expect(rejected[0]?.message).toContain('the first reason');
  });
});

function thrower(thrown: unknown): never {
  throw thrown;
}

function failing(message: string): () => Promise<never> {
  return () => Promise.reject(new Error(message));
}

describe('what takes longer than Smartcar waits', () => {
  it('is answered after ten seconds and goes on', async () => {
    const work = gate();
    const {handle, clock, accepted, rejected} = bench({react: () => work.opened});
    const states: number[] = [];
    const answer = handle(post(event)).then(({status}) => states.push(status));
    await clock.advance(9_999);
    expect(states).toEqual([]);
    await clock.advance(1);
    await answer;
    expect([states, accepted.length]).toEqual([[200], 1]);
    work.open();
    await clock.advance(0);
    expect([accepted.length, rejected, clock.waiting]).toEqual([1, [], 0]);
  });

  it('is reported where it fails after all, and may be delivered again', async () => {
    const work = gate();
    const {handle, clock, accepted, rejected} = bench({react: () => work.opened});
    const answer = handle(post(event));
    await clock.advance(10_000);
    expect((await answer).status).toBe(200);
    work.fail(new Error('too late'));
    await clock.advance(0);
    expect(rejected).toMatchObject([{why: 'failed-late', status: 200, eventId: 'event-1'}]);
    expect(rejected[0]?.message).toContain('too late');
    expect((await handle(post(event))).status).toBe(500);
    expect(accepted).toHaveLength(1);
  });

  it('leaves no timer behind where it was quick', async () => {
    const {handle, clock} = bench();
    await handle(post(event));
    expect(clock.waiting).toBe(0);
  });
});

describe('the time of a delivery', () => {
  it.each([
    ['a day old', -DAY_MS, 200],
    ['older than a day', -DAY_MS - 1, 400],
    ['five minutes ahead', 300_000, 200],
    ['more than five minutes ahead', 300_001, 400],
  ])('%s', async (_name, ms, status) => {
    const {handle, reactions} = bench();
    expect((await handle(post(delivered(NOON + ms)))).status).toBe(status);
    expect(reactions).toHaveLength(status === 200 ? 1 : 0);
  });

  it('is told to the developer where it is refused: somebody repeats deliveries, or a clock is wrong', async () => {
    const {handle, rejected} = bench();
    await handle(post(delivered(NOON - 2 * DAY_MS)));
    expect(rejected).toEqual([
      {
        why: 'stale',
        status: 400,
        eventId: 'event-1',
        message: expect.stringContaining('It is 172800 s old.'),
      },
    ]);
  });

  it.each([undefined, null, 'soon', -1, 0, Infinity, {}, []])(
    'says nothing where it is %j',
    async deliveredAt => {
      const {handle, reactions} = bench();
      expect((await handle(post(delivered(deliveredAt)))).status).toBe(200);
      expect(reactions).toHaveLength(1);
    },
  );

  it.each([
    ['seconds', (NOON - 2 * DAY_MS) / 1_000],
    ['a text of digits', String(NOON - 2 * DAY_MS)],
    ['an ISO date', new Date(NOON - 2 * DAY_MS).toISOString()],
  ])('is read also as %s', async (_name, deliveredAt) => {
    expect((await bench().handle(post(delivered(deliveredAt)))).status).toBe(400);
  });
});

it.each([
  {meta: {mode: 'TEST'}},
  {meta: {mode: 'test', deliveredAt: 5}},
  {mode: 'test', eventName: 'vehicleError', meta: undefined},
])('acknowledges a test and does nothing: %j', async over => {
  const {handle, reactions, accepted, rejected} = bench();
  const response = await handle(post({...event, ...over}));
  expect([response.status, await response.text()]).toEqual([200, '']);
  expect([reactions, accepted, rejected]).toEqual([[], [], []]);
  expect((await handle(post(event))).status).toBe(200);
  expect(reactions).toHaveLength(1);
});

describe('the owner', () => {
  it('is whoever the product says, also after a while', async () => {
    const asked: object[] = [];
    const {handle, reactions, accepted} = bench({
      async userFor(subject) {
        asked.push(subject);
        return 'ada';
      },
    });
    await handle(post(event));
    expect(asked).toEqual([{vehicle: VEHICLE, smartcarUser: OWNER}]);
    expect([reactions, accepted[0]?.user]).toEqual([[['event-1', 'ada']], 'ada']);
  });

  it.each([undefined, null, ''])('is nobody where it says %j; the event is told all the same', async user => {
    const {handle, reactions, accepted} = bench({userFor: () => user});
    expect((await handle(post(event))).status).toBe(200);
    expect(reactions).toEqual([['event-1', undefined]]);
    expect(accepted[0]).not.toHaveProperty('user');
  });

  it('is nobody where the event names none', async () => {
    const {handle, accepted} = bench();
    await handle(post({...event, data: {}}));
    expect(accepted[0]).not.toHaveProperty('user');
  });

  it('cannot be asked for: the event is delivered again', async () => {
    const {handle, rejected} = bench({userFor: () => Promise.reject(new Error('no database'))});
    expect((await handle(post(event))).status).toBe(500);
    expect(rejected[0]?.message).toContain('no database');
  });
});
