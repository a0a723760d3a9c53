import {describe, expect, it} from 'vitest';
import {wrongMethod} from '../../../src/core/hints/method.ts';
import {parametersOf} from '../../../src/core/hints/parameters.ts';
import {asked, CAR, facts, V2, V3, v2Failure} from './facts.ts';

const invalid = v2Failure('VALIDATION', undefined, 400);
const notFound = v2Failure('RESOURCE_NOT_FOUND', 'PATH', 404);

describe('the method', () => {
  it.each([
    [
      'GET',
      'navigation/destination',
      ['`/vehicles/{id}/navigation/destination` takes `POST`, and `GET` was sent.'],
    ],
    ['POST', 'odometer', ['`/vehicles/{id}/odometer` takes `GET`, and `POST` was sent.']],
    ['PUT', 'charge', ['`/vehicles/{id}/charge` takes `GET` or `POST`, and `PUT` was sent.']],
    ['HEAD', 'odometer', []],
    ['HEAD', 'batch', ['`/vehicles/{id}/batch` takes `POST`, and `HEAD` was sent.']],
    ['POST', 'charge', []],
    ['POST', 'brand_new', []],
    ['POST', '', []],
  ])('%s for %s', (method, below, expected) => {
    for (const failure of [invalid, notFound])
      expect(wrongMethod(facts({failure, ...asked(method, `${V2}/vehicles/${CAR}/${below}`)}))).toEqual(
        expected,
      );
  });

  it('is no matter after another failure, without a car, or without a request', () => {
    const wrong = asked('POST', `${V2}/vehicles/${CAR}/odometer`);
    expect(wrongMethod(facts({failure: v2Failure('PERMISSION'), ...wrong}))).toEqual([]);
    expect(wrongMethod(facts({failure: invalid, ...asked('DELETE', `${V3}/connections`)}))).toEqual([]);
    expect(wrongMethod(facts({failure: invalid}))).toEqual([]);
  });
});

const names = (operation?: string): readonly string[] => parametersOf(operation).map(({name}) => name);

describe('what a command takes', () => {
  it.each([
    ['POST /vehicles/{id}/security', ['action']],
    ['POST /vehicles/{id}/charge/limit', ['limit']],
    ['POST /vehicles/{id}/batch', ['requests', 'requests.path']],
    ['POST /vehicles/{id}/commands/charge/set-limit', ['data.attributes.percent']],
    ['POST /vehicles/{id}/tesla/security/pin', ['pin']],
    ['POST /vehicles/{id}/security/pin', []],
    ['POST /vehicles/{id}/x/tesla/security/pin', []],
    ['GET /vehicles/{id}/security', []],
    ['setChargeLimit', []],
    [undefined, []],
  ])('%s: %j', (operation, expected) => {
    expect(names(operation)).toEqual(expected);
  });
});
