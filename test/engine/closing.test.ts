import {expect, test} from 'vitest';
import type {Decision} from '../../src/core/decide.ts';
import type {Failure} from '../../src/core/failure.ts';
import {shut} from '../../src/engine/closing.ts';
import type {Closing, GateKey, Pass} from '../../src/ports.ts';
import {fakeCall, fakeEngine, OPEN_GATES, passOf, type FakeEngine} from './support/engine.ts';

type Closed = readonly [GateKey, Closing, readonly Pass[]];

function watched(): {readonly engine: FakeEngine; readonly closed: Closed[]} {
  const closed: Closed[] = [];
  const close = (...args: [GateKey, Closing, readonly Pass[]]): void => void closed.push(args);
  return {engine: fakeEngine({gates: {...OPEN_GATES, close}}), closed};
}

const decisionOf = (failure: Partial<Failure>, scope?: 'vehicle' | 'user'): Decision => ({
  action: 'retry',
  reason: 'server-says-retry',
  needs: 'nobody',
  failure: {scope: 'vehicle', effect: 'none', ...failure},
  ...(scope && {gate: {scope, until: 99}}),
});

test('the gate that a decision names is shut until its time, with the places of the one who met it', () => {
  const {engine, closed} = watched();
  const call = fakeCall(engine, {vehicle: 'car'});
  const passes = [passOf('vehicle:car')];
  const key = shut(engine, call, decisionOf({type: 'VEHICLE_STATE', code: 'ASLEEP'}, 'vehicle'), passes);
  expect(key).toBe('vehicle:car');
  expect(closed).toStrictEqual([
    ['vehicle:car', {until: 99, reason: 'server-says-retry', limit: false}, passes],
  ]);
});

test('a decision without a gate shuts none, nor does one for what the call does not name', () => {
  const {engine, closed} = watched();
  expect(shut(engine, fakeCall(engine, {vehicle: 'car'}), decisionOf({}), [])).toBeUndefined();
  expect(shut(engine, fakeCall(engine), decisionOf({}, 'user'), [])).toBeUndefined();
  expect(closed).toEqual([]);
});

test('what the server told goes with it, also where it told to come at once', () => {
  const {engine, closed} = watched();
  const call = fakeCall(engine, {vehicle: 'car'});
  shut(engine, call, decisionOf({retryAfterMs: 0}, 'vehicle'), []);
  expect(closed[0]?.[1]).toMatchObject({toldMs: 0});
});

test.each<[Partial<Failure>, boolean]>([
  [{type: 'RATE_LIMIT', code: 'VEHICLE'}, true],
  [{status: 429}, true],
  [{type: 'UPSTREAM', code: 'RATE_LIMIT'}, true],
  [{type: 'UPSTREAM', code: 'NO_RESPONSE', status: 502}, false],
  [{type: 'BILLING', code: 'RATE_LIMIT', status: 430}, false],
  [{}, false],
])('whether %j is a limit of calls: %s', (failure, limit) => {
  const {engine, closed} = watched();
  shut(engine, fakeCall(engine, {vehicle: 'car'}), decisionOf(failure, 'vehicle'), []);
  expect(closed[0]?.[1].limit).toBe(limit);
});
