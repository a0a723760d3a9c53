import {describe, expect, it} from 'vitest';
import {POLICY_ERROR_CODES, PolicyError} from '../../src/core/policy-error.ts';

describe('a refusal of the policy', () => {
  it.each(POLICY_ERROR_CODES)('with %s is an error of its own name', code => {
    const error = new PolicyError(code, 'words');
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.message]).toEqual(['PolicyError', code, 'words']);
    expect(PolicyError.is(error)).toBe(true);
  });

  it('carries what it was made of', () => {
    const cause = new Error('why');
    const details = {retryAt: 0, connectUrl: '', callback: {why: 'access_denied'}, cause};
    expect(new PolicyError('CALLBACK', 'words', details)).toMatchObject(details);
  });

  it('carries nothing that was not there', () => {
    const error = new PolicyError('CLOSED', 'words');
    for (const member of ['retryAt', 'connectUrl', 'callback', 'cause']) {
      expect(error).not.toHaveProperty(member);
    }
  });

  it('is known where another copy of the package made it', () => {
    const copy = Object.assign(new Error('words'), {name: 'PolicyError', code: 'PAUSED'});
    expect(PolicyError.is(copy)).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a plain object', {name: 'PolicyError', code: 'PAUSED'}],
    ['an error of another name', Object.assign(new Error('words'), {code: 'PAUSED'})],
    ['a code that is none of ours', Object.assign(new Error('words'), {name: 'PolicyError', code: 'NEW'})],
    ['an error without a code', Object.assign(new Error('words'), {name: 'PolicyError'})],
  ])('is not %s', (_, value) => {
    expect(PolicyError.is(value)).toBe(false);
  });
});
