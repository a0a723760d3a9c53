import {describe, expect, it} from 'vitest';
import type {CallState} from '../../src/core/decide.ts';
import {judge, REAUTHENTICATE, v2} from './support/call.ts';

/** What is done, and how far it reaches. */
const parked = (body: unknown, state: Partial<CallState>): string => {
  const {action, failure} = judge(body, {state});
  return `${action} ${failure.scope}`;
};

describe('REAUTHENTICATE', () => {
  it.each([
    ['a new type', v2('BRAND_NEW', 'BRAND_NEW', 400, REAUTHENTICATE)],
    ['a new type of an unknown status', {type: 'BRAND_NEW', ...REAUTHENTICATE}],
    ['a type that otherwise reaches nobody else', v2('SERVER', 'INTERNAL', 500, REAUTHENTICATE)],
    ['a type that otherwise reaches everybody', v2('RATE_LIMIT', 'SMARTCAR_API', 429, REAUTHENTICATE)],
  ])('with %s parks the car, or the user where no car is named', (_, body) => {
    expect(parked(body, {vehicle: 'car-1'})).toBe('reauthenticate vehicle');
    expect(parked(body, {})).toBe('reauthenticate user');
  });

  it('with a new code of a known type parks as little as the type allows', () => {
    const body = v2('COMPATIBILITY', 'BRAND_NEW', 501, REAUTHENTICATE);
    expect(parked(body, {vehicle: 'car-1'})).toBe('reauthenticate permission');
  });

  it.each([
    ['a batch item', {path: '/fuel', code: 403, body: v2('PERMISSION', null, 403, REAUTHENTICATE)}],
    ['a batch item of a new type', {path: '/fuel', code: 400, body: {type: 'BRAND_NEW', ...REAUTHENTICATE}}],
    ['a signal', {attributes: {status: {value: 'ERROR', error: {type: 'PERMISSION', ...REAUTHENTICATE}}}}],
  ])('in %s parks nothing but itself', (_, body) => {
    expect(parked(body, {vehicle: 'car-1'})).toBe('reauthenticate call');
  });
});
