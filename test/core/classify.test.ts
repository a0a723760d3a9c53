import {describe, expect, it} from 'vitest';
import {judge, told, v2} from './support/call.ts';

describe('a 429 without a readable type', () => {
  it.each([
    {vehicle: 'car-1', after: '5', scope: 'vehicle'},
    {vehicle: 'car-1', after: undefined, scope: 'application'},
    {vehicle: 'car-1', after: 'soon', scope: 'application'},
    {vehicle: undefined, after: '5', scope: 'application'},
    {vehicle: undefined, after: undefined, scope: 'application'},
  ])(
    'reaches the $scope when the call names $vehicle and Retry-After is $after',
    ({vehicle, after, scope}) => {
      const context = {status: 429, ...(after !== undefined && told(after))};
      const state = vehicle === undefined ? {} : {vehicle};
      expect(judge('<html>', {context, state}).failure.scope).toBe(scope);
      expect(judge({type: 'BRAND_NEW', code: 'X'}, {context, state}).failure.scope).toBe(scope);
    },
  );

  it.each(['oauth-v2', 'oauth-v3'] as const)('reaches the application when %s sends it', api => {
    const context = {status: 429, api, ...told('5')};
    expect(judge('', {context, state: {vehicle: 'car-1'}}).failure.scope).toBe('application');
  });
});

describe('a part of a larger answer', () => {
  it.each([
    [
      'an item of a batch',
      {path: '/charge', code: 409, body: v2('VEHICLE_STATE', 'REMOTE_ACCESS_DISABLED', 409)},
    ],
    ['a signal', {status: {value: 'ERROR', error: {type: 'VEHICLE_STATE', code: 'ASLEEP'}}}],
    [
      "the SDK's error of a batch, which does not say its own status",
      Object.assign(new Error(), {name: 'SmartcarError', statusCode: 200, type: 'BRAND_NEW'}),
    ],
  ])('reaches no further than itself: %s', (_, subject) => {
    expect(judge(subject, {state: {vehicle: 'car-1'}}).failure.scope).toBe('call');
  });

  it('reaches the car with the limit that it reports', () => {
    const item = {path: '/charge', code: 429, body: v2('RATE_LIMIT', 'VEHICLE', 429)};
    expect(judge(item).failure.scope).toBe('vehicle');
  });
});
