import {describe, expect, test} from 'vitest';
import {needsUserHeader, reachOf, targetsOf} from '../../src/engine/request.ts';
import {requestFacts} from '../../src/core/endpoints.ts';
import {DEFAULT_ORIGINS as DEFAULTS} from '../../src/options.ts';

const ONE = 'http://localhost:1';
const ALONE = {...DEFAULTS, api: ONE, apiV3: ONE, auth: ONE, authV3: ONE, connect: ONE, management: ONE};

describe('how far the policy goes', () => {
  test.each([
    [`${DEFAULTS.api}/v2.0/vehicles`, 'vehicle-api'],
    [`${DEFAULTS.apiV3}/v3/vehicles`, 'vehicle-api'],
    [`${DEFAULTS.management}/v2.0/management/connections`, 'management'],
    [`${DEFAULTS.management}/anything`, 'management'],
    [`${DEFAULTS.auth}/oauth/token`, 'foreign'],
    [`${DEFAULTS.connect}/oauth/authorize`, 'foreign'],
    [`${DEFAULTS.auth}/x`, 'foreign'],
    ['https://api.smartcar.example/v2.0/vehicles', 'foreign'],
    [`${DEFAULTS.api}/oauth/token`, 'foreign'],
    [`${DEFAULTS.api}/oauth2/token`, 'foreign'],
    [`${DEFAULTS.api}/v2.0/oauth/token`, 'vehicle-api'],
    [`${DEFAULTS.api}/oauth3/token`, 'vehicle-api'],
    [`${DEFAULTS.api}/v2.0/management/x`, 'vehicle-api'],
  ])('%s is %s', (url, reach) => {
    expect(reachOf(DEFAULTS, new URL(url))).toBe(reach);
  });

  test.each([
    ['/v2.0/vehicles', 'vehicle-api'],
    ['/v2.0/management/connections', 'management'],
    ['/v10.20/management/x', 'management'],
    ['/vehicles/v2.0/management/x', 'vehicle-api'],
    ['/v2.0/management', 'vehicle-api'],
    ['/vx/management/x', 'vehicle-api'],
    ['/oauth/token', 'foreign'],
  ])('where one origin serves everything, %s is %s', (path, reach) => {
    expect(reachOf(ALONE, new URL(path, ONE))).toBe(reach);
  });
});

const odometerOf = (at: number): string => `${DEFAULTS.api}/v2.0/vehicles/${at}/odometer`;

describe('targets', () => {
  test('are remembered by method and text', () => {
    const targetOf = targetsOf(DEFAULTS);
    const [get, post] = ['GET', 'POST'].map(method => targetOf(method, odometerOf(1)));
    expect(get?.request).toEqual(requestFacts('GET', '/v2.0/vehicles/1/odometer'));
    expect([targetOf('GET', odometerOf(1)), targetOf('POST', odometerOf(1))]).toEqual([get, post]);
    expect(targetOf('GET', odometerOf(1))).toBe(get);
    expect(targetOf('POST', odometerOf(1))).toBe(post);
  });

  test('are forgotten when there are a thousand of one method', () => {
    const targetOf = targetsOf(DEFAULTS);
    const first = targetOf('GET', odometerOf(0));
    for (let at = 1; at < 1_000; at++) targetOf('GET', odometerOf(at));
    expect(targetOf('GET', odometerOf(0))).toBe(first);
    targetOf('GET', odometerOf(1_000));
    expect(targetOf('GET', odometerOf(0))).not.toBe(first);
  });

  test('of a URL are read each time, and of the foreign there are none', () => {
    const targetOf = targetsOf(DEFAULTS);
    const asUrl = new URL(odometerOf(1));
    expect(targetOf('GET', asUrl)).toEqual(targetOf('GET', odometerOf(1)));
    expect(targetOf('GET', asUrl)).not.toBe(targetOf('GET', asUrl));
    expect(targetOf('GET', new URL('https://a.example'))).toBeUndefined();
    expect(targetOf('GET', 'https://a.example')).toBeUndefined();
    expect(targetOf('GET', 'no URL')).toBeUndefined();
  });
});

test.each([
  ['/v3/vehicles/1/signals', true],
  ['/v3/vehicles/1/commands/lock', true],
  ['/v3/vehicles/1/charge-schedules', true],
  ['/v3.1/vehicles/1/signals', true],
  ['/v4/vehicles/1/signals', true],
  ['/v2.0/vehicles/1/signals', false],
  ['/vehicles/1/signals', false],
  ['/v3/vehicles/1', false],
  ['/v3/vehicles', false],
  ['/v3/signals', false],
])('%s needs the owner’s header: %s', (path, needs) => {
  expect(needsUserHeader(requestFacts('GET', path))).toBe(needs);
});
