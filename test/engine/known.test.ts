import {describe, expect, test} from 'vitest';
import {known, placeByTurn} from '../../src/engine/known.ts';
import {fakeCall, fakeEngine, NOBODY_AWAY, OPEN_GATES, passOf} from './support/engine.ts';

const PLACES = [
  // shared, current, loaded -> what is read
  [false, true, true, []],
  [false, false, true, []],
  [false, true, false, ['load']],
  [true, true, false, []],
  [true, false, false, ['sync']],
  [true, false, true, ['sync']],
] as const;

test.each(PLACES)(
  'with peers: %s, current: %s, owners read: %s, it reads %j first',
  async (shared, current, loaded, read) => {
    const did: string[] = [];
    const engine = fakeEngine({
      gates: {...OPEN_GATES, shared, current, sync: async () => void did.push('sync')},
      episodes: {...NOBODY_AWAY, loaded, load: async () => void did.push('load')},
    });
    await known(engine, fakeCall(engine));
    expect(did).toEqual(read);
  },
);

test('the reading ends with its call, and is told as a wait for peers', async () => {
  const gone = new AbortController();
  const waits: unknown[] = [];
  const engine = fakeEngine({
    gates: {...OPEN_GATES, shared: true, current: false, sync: () => new Promise(() => undefined)},
  });
  const call = fakeCall(
    engine,
    {signal: gone.signal},
    {},
    {
      trace: {
        attempt: () => undefined as never,
        waited: wait => void waits.push(wait),
        joined: () => undefined,
      },
    },
  );
  const reading = known(engine, call);
  gone.abort('enough');
  await expect(reading).rejects.toBe('enough');
  expect(waits).toEqual([{for: 'peers', ms: 0}]);
});

describe('a place by turn', () => {
  test('is none where there is more to wait for', async () => {
    const engine = fakeEngine();
    expect(await placeByTurn(engine, fakeCall(engine), 'application')).toBeUndefined();
  });

  test('is the one that comes', async () => {
    const pass = passOf('application');
    const engine = fakeEngine({gates: {...OPEN_GATES, enterByTurn: async () => pass}});
    expect(await placeByTurn(engine, fakeCall(engine), 'application')).toBe(pass);
    expect(pass.left).toEqual([]);
  });

  test.each([true, false])('that comes too late for its call is given back (one comes: %s)', async comes => {
    const gone = new AbortController();
    const pass = passOf('application');
    const asked = Promise.withResolvers<typeof pass | undefined>();
    const waits: unknown[] = [];
    const engine = fakeEngine({gates: {...OPEN_GATES, enterByTurn: () => asked.promise}});
    const call = fakeCall(
      engine,
      {signal: gone.signal},
      {},
      {
        trace: {
          attempt: () => undefined as never,
          waited: wait => void waits.push(wait),
          joined: () => undefined,
        },
      },
    );
    const waiting = placeByTurn(engine, call, 'application');
    gone.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    asked.resolve(comes ? pass : undefined);
    await engine.clock.advance(0);
    expect(pass.left).toEqual(comes ? ['unknown'] : []);
    expect(waits).toEqual([{for: 'peers', ms: 0}]);
  });
});
