import {describe, expect, test} from 'vitest';
import {requestFacts} from '../../src/core/endpoints.ts';
import type {DoorFacts} from '../../src/engine/call.ts';
import {attempt, leaveAll, remember} from '../../src/engine/sending.ts';
import type {Episodes, Pass, Quota} from '../../src/ports.ts';
import {answers, door, source, tokens, URL_OF, watched} from './support/attempts.ts';
import {fakeCall, fakeEngine, NOBODY_AWAY, passOf} from './support/engine.ts';

describe('a token', () => {
  test.each<[what: string, more: object, rejected: string | undefined, fresh: boolean]>([
    ['in its first use', {}, undefined, false],
    ['that took the place of a refused one', {stale: undefined, renewed: 'g1'}, undefined, true],
    ['refused before for this car', {}, 'g1', true],
    ['after another that was refused for this car', {}, 'g0', false],
  ])('%s', async (_, more, rejected, fresh) => {
    const {engine} = watched({source, tokens});
    const call = fakeCall(engine, {user: 'ada', vehicle: 'c'}, {}, more);
    if (rejected !== undefined) remember(engine, call, rejected);
    await attempt(engine, call, answers('km'));
    expect(call.tokenWasFresh).toBe(fresh);
    expect(engine.rejected.size).toBe(0);
  });

  test('refused is remembered for a user and car, not without a car, and for ten thousand at most', () => {
    const engine = fakeEngine();
    remember(engine, fakeCall(engine, {user: 'ada'}), 'g');
    expect(engine.rejected.size).toBe(0);
    for (let at = 0; at < 10_000; at++)
      remember(engine, fakeCall(engine, {user: 'ada', vehicle: String(at)}), 'g');
    expect(engine.rejected.size).toBe(10_000);
    remember(engine, fakeCall(engine, {user: 'ada', vehicle: 'one more'}), 'g');
    expect([...engine.rejected]).toEqual([['["ada","one more"]', 'g']]);
  });
});

test('places are given back once; the scope that was refused does not know what passed', () => {
  const [one, other] = [passOf('a'), passOf('b')];
  const admission = {token: undefined, passes: [one, other] as Pass[], left: false};
  leaveAll(admission, true, 'b');
  leaveAll(admission, true);
  expect([one.left, other.left]).toEqual([['passed'], ['unknown']]);
  const third = passOf('c');
  leaveAll({token: undefined, passes: [third], left: false}, false);
  expect(third.left).toEqual(['unknown']);
});

describe('what is counted against a quota', () => {
  test.each<[what: string, facts: Partial<DoorFacts>, vehicle: string | undefined, counted: unknown[]]>([
    ['a request', door(URL_OF.odometer), undefined, [['c', 1]]],
    ['each path of a batch', door(URL_OF.batch, 'POST', '{"requests":[1,2,3]}'), undefined, [['c', 3]]],
    [
      'a list, which is no batch',
      door(URL_OF.odometer, 'POST', '{"requests":[1,2,3]}'),
      undefined,
      [['c', 1]],
    ],
    ['a batch that nobody has seen', {request: requestFacts('POST', URL_OF.batch)}, undefined, [['c', 1]]],
    ['a call that names its car', {}, 'd', [['d', 1]]],
    ['nothing without a car', {}, undefined, []],
  ])('%s', async (_, facts, vehicle, counted) => {
    const counts: unknown[] = [];
    const quota = {count: (...given: unknown[]) => void counts.push(given)} as unknown as Quota;
    const {engine} = watched({quota});
    await attempt(engine, fakeCall(engine, vehicle === undefined ? {} : {vehicle}, facts), answers('x'));
    expect(counts).toEqual(counted);
  });
});

const unheard = (): Promise<never> => Promise.reject(new Error('away'));

describe('a success proves a login', () => {
  test.each<[what: string, facts: Partial<DoorFacts>, value: unknown, proves: boolean]>([
    ['by any value', {}, 'km', true],
    ['by a response', door(URL_OF.odometer), new Response('{}'), true],
    ['by 299', door(URL_OF.odometer), new Response(null, {status: 299}), true],
    ['not by a redirect', door(URL_OF.odometer), new Response(null, {status: 302}), false],
    ['not by a list of signals', door(URL_OF.signals), new Response('{}'), false],
    ['by one signal', door(`${URL_OF.signals}/odometer`), new Response('{}'), true],
    ['not by a batch', door(URL_OF.batch, 'POST'), new Response('{}'), false],
  ])('%s', async (_, facts, value, proves) => {
    const told: unknown[][] = [];
    const episodes: Episodes = {
      ...NOBODY_AWAY,
      any: true,
      succeeded: async (...given) => void told.push(given),
    };
    const {engine} = watched({source, tokens, episodes});
    await attempt(engine, fakeCall(engine, {user: 'ada', vehicle: 'c'}, facts), answers(value));
    expect(told.map(([, sentAt, generation]) => [sentAt, generation])).toEqual(
      proves ? [[engine.clock.now(), 'g1']] : [],
    );
  });

  test('also where the store cannot be told, and not where nobody is away', async () => {
    const {engine} = watched({episodes: {...NOBODY_AWAY, any: true, succeeded: unheard}});
    expect(await attempt(engine, fakeCall(engine), answers('km'))).toBe('km');
    const quiet = watched({episodes: {...NOBODY_AWAY, succeeded: unheard}});
    expect(await attempt(quiet.engine, fakeCall(quiet.engine), answers('km'))).toBe('km');
  });
});
