import {describe, expect, test} from 'vitest';
import {batchUrl, checkedUrl, requestOf, signalUrl} from '../../src/engine/partial/place.ts';

const V2 = new URL('https://api.smartcar.com/v2.0/vehicles/c1/batch');
const V3 = new URL('https://vehicle.api.smartcar.com/v3/vehicles/c1/signals');

describe('the request for one part alone', () => {
  test.each([
    ['batch', '/odometer', V2, 'GET /vehicles/{id}/odometer', 'c1'],
    ['batch', 'odometer?unit=km', new URL(`${V2.href}/`), 'GET /vehicles/{id}/odometer', 'c1'],
    ['batch', '/tires/pressure#a\nb', V2, 'GET /vehicles/{id}/tires/pressure', 'c1'],
    ['batch', '/odometer', undefined, 'GET /vehicles/{id}/odometer', undefined],
    ['batch', '/odometer', V3, 'GET /vehicles/{id}/odometer', undefined],
    [
      'signals',
      'odometer-traveleddistance',
      V3,
      'GET /vehicles/{id}/signals/odometer-traveleddistance',
      'c1',
    ],
    [
      'signals',
      'odometer-traveleddistance',
      new URL(`${V3.href}/fuel/`),
      'GET /vehicles/{id}/signals/odometer-traveleddistance',
      'c1',
    ],
  ] as const)('of %s: %s', (kind, name, url, operation, vehicle) => {
    const {operation: told, vehicle: car} = requestOf(kind, name, url);
    expect([told, car]).toEqual([operation, vehicle]);
  });

  test('is no longer than any path, whatever a part calls itself', () => {
    expect(requestOf('batch', `/${'long/'.repeat(100)}`, V2).operation.length).toBeLessThan(250);
  });
});

describe('where to ask again', () => {
  test('is the batch itself, or a signal beside the others', () => {
    expect(batchUrl(V2)).toBe(V2.href);
    expect(signalUrl(V3, 'a b')).toBe(`${V3.href}/a%20b`);
    expect(signalUrl(new URL(`${V3.href}/fuel`), 'odometer')).toBe(`${V3.href}/odometer`);
  });

  test.each([
    ['a batch', () => batchUrl(V3), '…/v2.0/vehicles/{id}/batch'],
    ['a batch nobody has named', () => batchUrl(undefined), '…/v2.0/vehicles/{id}/batch'],
    ['a signal', () => signalUrl(V2, 'fuel'), '…/v3/vehicles/{id}/signals'],
  ])('has to be that of %s', (_what, ask, example) => {
    expect(ask).toThrow(example);
  });

  test('is a whole URL', () => {
    expect(checkedUrl(V2.href).href).toBe(V2.href);
    expect(() => checkedUrl('/batch')).toThrow('a whole URL');
  });
});
