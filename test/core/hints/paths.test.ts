import {describe, expect, it} from 'vitest';
import {
  addressOf,
  belowOf,
  inV3,
  methodsOf,
  pathsBelow,
  queryNames,
  versionOf,
  wholePaths,
} from '../../../src/core/hints/paths.ts';
import {facts} from './facts.ts';

const at = (url?: string): ReturnType<typeof facts> =>
  facts({sent: {method: 'GET', ...(url !== undefined && {url})}});

describe('the paths of an API', () => {
  it('are those of one version and one method', () => {
    expect(pathsBelow('3', 'GET')).toEqual(['signals', 'signals/{code}']);
    expect(pathsBelow('2.0', 'DELETE')).toEqual(['application', 'webhooks/{id}']);
    expect(pathsBelow('2.0', 'GET')).not.toContain('');
    expect(pathsBelow('2.0', 'PUT')).toEqual([]);
  });

  it('are whole with the car, and with those that name none', () => {
    expect(wholePaths('3', 'GET')).toEqual([
      'connections',
      'connections/{id}',
      'vehicles/{id}/signals',
      'vehicles/{id}/signals/{code}',
    ]);
    expect(wholePaths('2.0', 'GET')).toEqual(
      expect.arrayContaining(['vehicles', 'compatibility/matrix', 'vehicles/{id}/odometer']),
    );
    expect(wholePaths('2.0', 'POST')).not.toContain('vehicles');
  });

  it('take one method or several', () => {
    expect(methodsOf('charge')).toEqual(['GET', 'POST']);
    expect(methodsOf('odometer')).toEqual(['GET']);
    expect(methodsOf('nowhere')).toEqual([]);
  });

  it.each([
    ['odometer', '2.0'],
    ['webhooks/7a1b', '2.0'],
    ['signals', '3'],
    ['signals/odometer-traveleddistance', '3'],
    ['commands/charge/start', '3'],
    ['', undefined],
    ['odometr', undefined],
    ['signals/a/b', undefined],
    ['webhooks/a/b', undefined],
    ['x/signals/a', undefined],
    ['x/webhooks/a', undefined],
  ])('"%s" is of version %s', (below, version) => {
    expect(versionOf(below)).toBe(version);
  });

  it.each([
    ['security', 'control_security', ['commands/security/lock', 'commands/security/unlock']],
    ['security', 'read_security', ['signals/closure-…']],
    ['security', undefined, []],
    ['odometer', 'read_odometer', ['signals/odometer-…']],
    ['permissions', undefined, []],
    ['tesla/climate/cabin', 'control_climate', []],
  ])('"%s" with %s is in v3 %j', (below, permission, expected) => {
    expect(inV3(below, permission)).toEqual(expected);
  });
});

describe('a URL', () => {
  it.each([
    ['https://a.b/c/d?e=1#f', {origin: 'https://a.b', path: '/c/d'}],
    ['http://127.0.0.1:4000', {origin: 'http://127.0.0.1:4000', path: '/'}],
    ['https://a.b?c', {origin: 'https://a.b', path: '/'}],
    ['https://a.b#c', {origin: 'https://a.b', path: '/'}],
    ['https://a.b/c#d?e', {origin: 'https://a.b', path: '/c'}],
    ['/vehicles', undefined],
    ['to https://a.b/c', undefined],
    [undefined, undefined],
  ])('%s is taken apart', (url, expected) => {
    expect(addressOf(at(url))).toEqual(expected);
  });

  it('is none where nothing was sent', () => {
    expect(addressOf(facts())).toBeUndefined();
    expect(queryNames(facts())).toEqual(['']);
  });

  it.each([
    ['https://a.b/c?d=1&e=2=3&f#g=1', ['d', 'e', 'f']],
    ['https://a.b/c', ['']],
    ['https://a.b/c?d=1\n2', ['d']],
    [undefined, ['']],
  ])('%s has its names in the query', (url, expected) => {
    expect(queryNames(at(url))).toEqual(expected);
  });
});

describe('what follows the car in the name of an operation', () => {
  it.each([
    ['GET /vehicles/{id}/charge/limit', 'charge/limit'],
    ['GET /vehicles/{id}', ''],
    ['GET /vehicles', undefined],
    ['GET /vehicles/{id}s', undefined],
    ['a GET /vehicles/{id}/vin', undefined],
    ['odometer', undefined],
  ])('%s', (operation, expected) => {
    expect(belowOf({operation})).toBe(expected);
  });

  it('is nothing without an operation', () => {
    expect(belowOf(undefined)).toBeUndefined();
  });
});
