import {describe, expect, it} from 'vitest';
import {aboutOf, isV3} from '../../../src/core/hints/about.ts';
import {asked, facts, ours, V2, V3, v2Failure} from './facts.ts';

describe('what a failure is about', () => {
  it.each([
    ['its type', {failure: v2Failure('UPSTREAM', 'NO_RESPONSE', 502)}, 'UPSTREAM'],
    ['its name in v1.0', {failure: v2Failure('rate_limiting_error', undefined, 429)}, 'RATE_LIMIT'],
    ['its type rather than its status', {failure: v2Failure('VALIDATION', undefined, 404)}, 'VALIDATION'],
    ['its status without a type', {failure: {status: 404}}, 'RESOURCE_NOT_FOUND'],
    ['no status that says nothing', {failure: {status: 503}}, undefined],
    ['nothing where there is nothing', {}, undefined],
    ['no type that was never seen', {failure: v2Failure('BRAND_NEW', undefined, 404)}, undefined],
    ['the status 430 whatever the type', {failure: v2Failure('PERMISSION', undefined, 430)}, 'BILLING'],
    [
      'the code of a signal whatever the type',
      {failure: v2Failure('PERMISSION', 'SIGNAL_NOT_FOUND', 404)},
      'RESOURCE_NOT_FOUND',
    ],
    ['the lower-case code of v3 without a type', {failure: {code: 'internal_error'}}, 'SERVER'],
    ['no such code beside a type', {failure: v2Failure('UPSTREAM', 'internal_error')}, 'UPSTREAM'],
    ['no other code', {failure: {code: 'not_found'}}, undefined],
    ['the token endpoint it came from', {oauth: true, failure: {status: 430}}, 'OAUTH'],
    ['the answer of Connect', {reason: 'connect-refused', failure: {type: 'invalid_request'}}, 'CONNECT'],
    ['a token that is not known', {failure: v2Failure('AUTHENTICATION', undefined, 401)}, 'AUTHENTICATION'],
    ['a token that may not, by status', {failure: v2Failure('AUTHENTICATION', '', 403)}, 'ACCESS_DENIED'],
    [
      'a token that may not, by code',
      {failure: v2Failure('AUTHENTICATION', 'ACCESS_DENIED')},
      'ACCESS_DENIED',
    ],
    ['a permission although 403', {failure: v2Failure('PERMISSION', 'ACCESS_DENIED', 403)}, 'PERMISSION'],
  ] as const)('is told by %s', (_, known, expected) => {
    expect(aboutOf(facts(known))).toBe(expected);
  });
});

describe('whether a call goes to v3', () => {
  const bare = {method: 'GET'};
  it.each([
    ['a path of v3', asked('GET', `${V3}/connections`), true],
    ['a path of v2.0', asked('GET', `${V2}/vehicles`), false],
    ['a path of v2.0 on the host of v3', asked('GET', `${V2}/vehicles`, {host: 'apiV3'}), false],
    ['a path of v3, asked with a token of v2', {...asked('GET', `${V3}/connections`), ...ours('2')}, true],
    ['the host of v3', {sent: {...bare, host: 'apiV3'}}, true],
    ['the token endpoint of v3', {sent: {...bare, host: 'authV3'}}, true],
    ['the host of v2 although the token is of v3', {sent: {...bare, host: 'api'}, ...ours('3')}, false],
    ['the token endpoint of v2', {sent: {...bare, host: 'auth'}, ...ours('3')}, false],
    ['a token of v3 on a host that plays both', {sent: bare, ...ours('3')}, true],
    ['a token of v2 on a host that plays both', {sent: bare, ...ours('2')}, false],
    ['a token of v3 and no request', ours('3'), true],
    ['nothing', {}, false],
  ] as const)('is told by %s', (_, known, expected) => {
    expect(isV3(facts(known))).toBe(expected);
  });
});
