import {describe, expect, it} from 'vitest';
import {isResponseLike, readEvidence} from '../../src/core/evidence/read.ts';
import {HOSTILE} from './support/hostile.ts';

const headers = {get: (): undefined => undefined};
const clone = (): undefined => undefined;

describe('a response', () => {
  it.each([
    ['has status, headers and a clone', {status: 502, headers, clone}, true],
    ['may be a function', Object.assign(() => undefined, {status: 502, headers, clone}), true],
    ['is none without a status', {headers, clone}, false],
    ['is none with a status in words', {status: '502', headers, clone}, false],
    ['is none without a clone', {status: 502, headers}, false],
    ['is none with plain headers', {status: 502, headers: {}, clone}, false],
    ['is none as nothing', null, false],
    ['is none as a text', 'Response', false],
  ])('%s', (_, value, expected) => {
    expect(isResponseLike(value)).toBe(expected);
  });

  it('is read in the dialect of the place it came from', () => {
    expect(readEvidence(new Response('', {status: 503}), {api: 'oauth-v3'})).toStrictEqual([
      {api: 'oauth-v3', status: 503},
    ]);
  });
});

describe('an error', () => {
  const sdk = {type: 'SDK_ERROR', statusCode: 502};
  it.each([
    ['of this realm', Object.assign(new Error('x'), sdk)],
    ['of this realm that has lost its stack', Object.assign(new Error('x'), sdk, {stack: undefined})],
    ['of another realm', {...sdk, stack: 'Error: x\n    at somewhere'}],
  ])('%s is not taken for a body', (_, error) => {
    expect(readEvidence(error)).toStrictEqual([{api: 'any', status: 502}]);
  });

  it('is told by its stack: without one it is a body', () => {
    expect(readEvidence(sdk)).toStrictEqual([{api: '2.0', type: 'SDK_ERROR', status: 502}]);
    expect(readEvidence({...sdk, stack: 7})).toMatchObject([{type: 'SDK_ERROR'}]);
  });

  it('that is a plain object is read where it holds no body', () => {
    expect(readEvidence({response: {status: 502}})).toStrictEqual([{api: 'any', status: 502}]);
    expect(readEvidence({name: 'TimeoutError'})).toMatchObject([{api: 'network', code: 'TimeoutError'}]);
  });
});

it('a stranger that throws at every touch tells what the caller knows', () => {
  const stranger = HOSTILE['a revoked proxy']!();
  expect(readEvidence(stranger)).toStrictEqual([]);
  expect(readEvidence(stranger, {status: 429, api: '3', headers: {'retry-after': '9'}})).toStrictEqual([
    {api: '3', status: 429, retryAfter: '9'},
  ]);
});
