import {describe, expect, it} from 'vitest';
import {requestFacts} from '../../../src/core/endpoints.ts';
import {userMessage} from '../../../src/core/messages/user-message.ts';
import {judge, REAUTHENTICATE, v2} from '../support/call.ts';
import {DOCUMENTED, nameOf} from '../support/table.ts';
import {envelopes} from '../support/wire.ts';

const endpoint = requestFacts('POST', '/v3/vehicles/c/commands/security/lock').endpoint!;

/** What the owner is told about a failed lock command. */
function told(subject: unknown, state: object = {}): string {
  return userMessage({...judge(subject, {state}), endpoint});
}

describe('the message to the owner', () => {
  it.each(DOCUMENTED.map(row => [nameOf(row), row] as const))(
    'asks for at most one thing and names no code after %s',
    (_, row) => {
      const {subject, context} = envelopes(row)[0]!;
      const message = userMessage({...judge(subject, {context}), endpoint});
      expect(message).toMatch(/^We couldn't lock your car\b.*\.$/);
      expect(message.match(/Please/g) ?? []).toHaveProperty('length', message.includes('Please') ? 1 : 0);
      expect(message).not.toMatch(/[A-Z]{2,}|_|<|undefined|\[object/);
    },
  );

  it.each([
    ['a sleeping car', v2('VEHICLE_STATE', 'ASLEEP', 409), {}, /asleep\. Please try again later/],
    [
      'a lost login',
      v2('CONNECTED_SERVICES_ACCOUNT', 'AUTHENTICATION_FAILED', 400),
      {},
      /login at its maker has changed\. Please connect it again/,
    ],
    [
      'a missing permission',
      v2('PERMISSION', null, 403, REAUTHENTICATE),
      {},
      /your permission for that is missing/,
    ],
    [
      'an unknown outcome',
      v2('UPSTREAM', null, 502),
      {command: true},
      /^We don't know whether we could lock your car: no answer came\. Please check your car/,
    ],
    [
      'a goal that is reached',
      v2('VEHICLE_STATE', 'FULLY_CHARGED', 409),
      {},
      /fully charged\. There is nothing to do/,
    ],
    ['a mistake of the developer', v2('VALIDATION', null, 400), {}, /We are looking into it/],
    ['an outage', v2('UPSTREAM', null, 502), {}, /right now\. Please try again later/],
  ])('says what the owner can do after %s', (_, body, state, expected) => {
    expect(told(body, state)).toMatch(expected);
  });

  it('does not say that the connection has ended where one signal lacks a permission', () => {
    const error = {type: 'PERMISSION', code: null, ...REAUTHENTICATE};
    expect(told({attributes: {status: {value: 'ERROR', error}}})).toMatch(
      /your permission for that is missing/,
    );
  });

  it.each(['constructor', 'toString', '__proto__'])('is a sentence although the code is %s', code => {
    expect(told(v2('VEHICLE_STATE', code, 409))).toMatch(/needs your attention/);
  });

  it('speaks of the car where the endpoint is not known', () => {
    expect(userMessage(judge(v2('UPSTREAM', null, 502)))).toMatch(/^We couldn't reach your car/);
  });
});
