import {describe, expect, it} from 'vitest';
import {judge, NOW, told, v2} from './support/call.ts';

describe('a limit of the plan', () => {
  const HOUR = 3_600_000;
  it.each([
    ['holds for the car whose calls are used up', 'VEHICLE_REQUEST_LIMIT', 'vehicle'],
    ['holds for the car that has no place in it', 'VEHICLE_LIMIT', 'vehicle'],
    ['holds for the application whose account is suspended', 'ACCOUNT_SUSPENDED', 'application'],
    ['holds for the ability that it does not include', 'INVALID_PLAN', 'permission'],
  ])('%s', (_, code, scope) => {
    const decision = judge(v2('BILLING', code, 430));
    expect(decision).toMatchObject({action: 'fail', reason: 'billing', gate: {scope, until: NOW + HOUR}});
    expect(decision).not.toHaveProperty('retryAt');
  });

  it('of a car holds until the period ends, where that is known', () => {
    const state = {periodEndsAt: NOW + 9 * HOUR};
    const ends = {retryAt: NOW + 9 * HOUR, gate: {scope: 'vehicle', until: NOW + 9 * HOUR}};
    expect(judge(v2('BILLING', 'VEHICLE_REQUEST_LIMIT', 430), {state})).toMatchObject(ends);
    expect(judge(v2('BILLING', 'ACCOUNT_SUSPENDED', 430), {state}).gate?.until).toBe(NOW + HOUR);
  });

  it.each([
    ['has ended', NOW - 1],
    ['ends now', NOW],
  ])('is looked at from time to time after a period that %s', (_, periodEndsAt) => {
    const decision = judge(v2('BILLING', 'VEHICLE_REQUEST_LIMIT', 430), {state: {periodEndsAt}});
    expect(decision.gate).toEqual({scope: 'vehicle', until: NOW + HOUR});
    expect(decision).not.toHaveProperty('retryAt');
  });

  it.each([
    [1, 2],
    [3, 8],
    [5, 24],
    [60, 24],
  ])('is looked at again after %s vain looks in %s hours', (looks, hours) => {
    const state = {failedProbes: () => looks};
    expect(judge(v2('BILLING', 'VEHICLE_LIMIT', 430), {state}).gate?.until).toBe(NOW + hours * HOUR);
  });

  it('is not looked at before the time that came with it', () => {
    const decision = judge(v2('BILLING', 'VEHICLE_LIMIT', 430), {context: told('90000')});
    expect(decision.gate?.until).toBe(NOW + 90_000_000);
  });

  it('inside a batch closes nothing', () => {
    const responses = [{path: '/fuel', code: 430, body: v2('BILLING', 'INVALID_PLAN', 430)}];
    expect(judge({responses})).not.toHaveProperty('gate');
  });
});
