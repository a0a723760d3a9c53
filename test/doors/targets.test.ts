import {expect, test} from 'vitest';
import {targetsOf} from '../../src/engine/request.ts';
import {originsOf} from './harness.ts';

const targetOf = targetsOf(
  originsOf({origin: 'https://api.example'}) as Required<ReturnType<typeof originsOf>>,
);
const url = 'https://api.example/v2.0/vehicles/1/odometer';

test('a text that was read once is not read again', () => {
  expect(targetOf('GET', url)).toMatchObject({reach: 'vehicle-api', request: {vehicle: '1'}});
  expect(targetOf('GET', url)).toBe(targetOf('GET', url));
  expect(targetOf('POST', url)).not.toBe(targetOf('GET', url));
});

test('a URL that its owner may change is read each time', () => {
  const changing = new URL(url);
  targetOf('GET', changing);
  changing.hostname = 'elsewhere.example';
  expect(targetOf('GET', changing)).toBeUndefined();
});

test.each(['https://elsewhere.example/v2.0/vehicles', 'data:text/plain,a', '/v2.0/vehicles', ''])(
  'nothing is known of %j',
  foreign => {
    expect(targetOf('GET', foreign)).toBeUndefined();
  },
);
