import {expect, test} from 'vitest';
import {stateOf} from '../../src/limits/gate-state.ts';
import {go, laneOf, limit, shut, waits} from './support/lane.ts';

test('a gate that was never shut has neither a time nor a reason, and no rate', () => {
  const lane = laneOf();
  expect(stateOf(lane, 0)).toEqual({scope: 'vehicle:a', waiting: 0, inFlight: 0});
  go(lane, 0);
  go(lane, 0);
  waits(lane);
  expect(stateOf(lane, 0)).toMatchObject({waiting: 1, inFlight: 2});
});

test('a gate says until when while it is shut, and why for as long as it is kept', () => {
  const lane = laneOf();
  shut(lane, 0, 500);
  expect(stateOf(lane, 499)).toMatchObject({until: 1_000_500, reason: 'told'});
  expect(stateOf(lane, 500)).toEqual({scope: 'vehicle:a', reason: 'told', waiting: 0, inFlight: 0});
});

test('a rate that was set says how many may go now, in whole numbers', () => {
  const lane = laneOf({rate: {intervalMs: 500, size: 3}});
  for (let call = 0; call < 3; call++) go(lane, 0);
  const rate = {source: 'set', perMinute: 120, bucket: 3};
  expect(stateOf(lane, 0).rate).toEqual({...rate, available: 0});
  expect(stateOf(lane, 999).rate).toEqual({...rate, available: 1});
});

test('a pace that was learned says so, and no fewer than none may go', () => {
  const lane = laneOf({learnedSize: 9});
  limit(lane, 0, 60_000);
  const {rate} = stateOf(lane, 0);
  expect(rate).toEqual({source: 'learned', perMinute: 60_000 / 60_300, bucket: 9, available: 0});
});
