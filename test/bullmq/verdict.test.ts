import {expect, test} from 'vitest';
import {safeWords} from '../../src/bullmq/redact.ts';
import {verdictOn} from '../../src/bullmq/verdict.ts';
import {PolicyError, type Explanation} from '../../src/index.ts';

type Said = Partial<Omit<Explanation, 'failure'>> & {readonly failure?: Partial<Explanation['failure']>};

function said({failure, ...more}: Said): Explanation {
  return {
    action: 'fail',
    reason: 'request-invalid',
    needs: 'developer',
    attempts: 1,
    waitedMs: 0,
    userMessage: '',
    hints: [],
    ...more,
    failure: {scope: 'call', effect: 'none', ...failure},
  };
}

const answer = new Response('', {status: 500});
const refusal = (code: PolicyError['code']): PolicyError => new PolicyError(code, code);

test.for<[string, unknown, Said | undefined, boolean, object]>([
  ['a closed policy', refusal('CLOSED'), {reason: 'closed'}, true, {to: 'waiting'}],
  [
    'a time that the server told',
    answer,
    {retryAt: 7.2, failure: {retryAfterMs: 5}},
    true,
    {to: 'later', at: 8},
  ],
  [
    'a gate that is shut',
    refusal('PAUSED'),
    {reason: 'paused', retryAt: 7, attempts: 0},
    true,
    {to: 'later', at: 7},
  ],
  ['a time of the policy alone', answer, {reason: 'retries-spent', retryAt: 7}, false, {to: 'round', at: 7}],
  ['a spent budget', answer, {reason: 'budget'}, false, {to: 'round'}],
  [
    'a store that is away',
    refusal('CONFIGURATION'),
    {reason: 'unrecognised', attempts: 0},
    true,
    {to: 'round'},
  ],
  ['a context that is wrong', refusal('CONFIGURATION'), undefined, true, {to: 'dead', reason: 'failed'}],
  ['an owner who is away', answer, {action: 'reauthenticate'}, true, {to: 'parked'}],
  ['a command nobody knows about', answer, {reason: 'outcome-unknown'}, true, {to: 'settled'}],
  [
    'a command that was cut off',
    refusal('DEADLINE'),
    {reason: 'past-deadline', failure: {effect: 'possible'}},
    true,
    {to: 'settled'},
  ],
  [
    'a command with a time and perhaps an effect',
    answer,
    {retryAt: 7, failure: {effect: 'possible'}},
    true,
    {to: 'settled'},
  ],
  [
    'a read with a time and perhaps an effect',
    answer,
    {retryAt: 7, failure: {effect: 'possible'}},
    false,
    {to: 'round'},
  ],
  ['a refusal for good', answer, {reason: 'not-capable'}, true, {to: 'dead', reason: 'failed'}],
  [
    'a mistake of the handler',
    new TypeError('x'),
    {reason: 'unrecognised'},
    true,
    {to: 'dead', reason: 'handler-error'},
  ],
  ['something that was thrown', 'x', undefined, false, {to: 'dead', reason: 'handler-error'}],
])('%s', ([, subject, explanation, command, verdict]) => {
  expect(verdictOn(subject, explanation && said(explanation), command)).toMatchObject(verdict);
});

test('words of an error are short and hold no secret', () => {
  const words = safeWords(
    new Error('got Bearer abc.def-1 and eyJhbGciOi.eyJzdWIi.sig, "pin": "1234", token s3cr3t'),
    ['s3cr3t'],
  );
  expect(words).toBe('got Bearer … and …, "pin": "…", token …');
  expect(safeWords(new Error('x'.repeat(2_000)))).toHaveLength(501);
  expect(safeWords(undefined)).toBe('what was thrown is no error but undefined');
  const nasty = Object.defineProperty(new Error(), 'message', {
    get() {
      throw new Error('no');
    },
  });
  expect(safeWords(nasty)).toBe('something that cannot be read was thrown');
});
