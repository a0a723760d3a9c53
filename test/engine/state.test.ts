import {expect, test} from 'vitest';
import {stateOf} from '../../src/engine/state.ts';
import type {Budget, Quota} from '../../src/ports.ts';
import {fakeCall, fakeEngine, passOf} from './support/engine.ts';

const budget = (affordable: boolean): Budget =>
  ({affordable, spend: () => undefined}) as Partial<Budget> as Budget;
const quota = (endsAt: number | undefined): Quota => ({endsAt: () => endsAt}) as Partial<Quota> as Quota;

test('what a call has used and may use is what the call says', () => {
  const engine = fakeEngine();
  const call = fakeCall(engine, {maxWaitMs: 9, idempotent: true}, {command: true}, {waitedMs: 4});
  expect(stateOf(engine, call, [])).toMatchObject({
    maxWaitMs: 9,
    maxWaitIsOwn: true,
    idempotent: true,
    command: true,
    waitedMs: 4,
  });
});

test('a retry can be paid for unless the budget says that it cannot', () => {
  const engine = fakeEngine();
  const call = fakeCall(engine);
  expect(stateOf(engine, call, []).affordable).toBe(true);
  expect(stateOf({...engine, budget: budget(true)}, call, []).affordable).toBe(true);
  expect(stateOf({...engine, budget: budget(false)}, call, []).affordable).toBe(false);
});

test('the deadline, by the monotonic clock, stands in wall-clock time', async () => {
  const engine = fakeEngine();
  const call = fakeCall(engine, {deadlineMs: 500});
  await engine.clock.advance(100);
  engine.clock.set(7_000_000);
  expect(stateOf(engine, call, []).deadlineAt).toBe(7_000_400);
  expect(stateOf(engine, fakeCall(engine), [])).not.toHaveProperty('deadlineAt');
});

test('the billing period ends when the quota knows it', () => {
  const engine = fakeEngine();
  const call = fakeCall(engine);
  expect(stateOf({...engine, quota: quota(8)}, call, []).periodEndsAt).toBe(8);
  expect(stateOf({...engine, quota: quota(undefined)}, call, [])).not.toHaveProperty('periodEndsAt');
  expect(stateOf(engine, call, [])).not.toHaveProperty('periodEndsAt');
});

test('the failed probes of a scope are those of its own place', () => {
  const engine = fakeEngine();
  const call = fakeCall(engine, {user: 'ada', vehicle: 'car'});
  const passes = [passOf('vehicle:car', {failedProbes: 3}), passOf('application', {failedProbes: 1})];
  const {failedProbes} = stateOf(engine, call, passes);
  expect(failedProbes?.('vehicle')).toBe(3);
  expect(failedProbes?.('application')).toBe(1);
  expect(failedProbes?.('user')).toBe(0);
});
