import {describe, expect, it} from 'vitest';
import {hints, userMessage} from '../../src/core/messages.ts';
import {requestFacts} from '../../src/core/endpoints.ts';
import {judge, REAUTHENTICATE, v2} from './support/call.ts';
import {DOCUMENTED, nameOf} from './support/table.ts';
import {envelopes} from './support/wire.ts';

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
      /Please connect it again/,
    ],
    ['a missing permission', v2('PERMISSION', null, 403, REAUTHENTICATE), {}, /do not have your permission/],
    ['an unknown outcome', v2('UPSTREAM', null, 502), {command: true}, /for certain.*check your car/],
    ['a goal that is reached', v2('VEHICLE_STATE', 'FULLY_CHARGED', 409), {}, /nothing to do/],
    ['a mistake of the developer', v2('VALIDATION', null, 400), {}, /We are looking into it/],
    ['an outage', v2('UPSTREAM', null, 502), {}, /right now\. Please try again later/],
  ])('says what the owner can do after %s', (_, body, state, expected) => {
    expect(told(body, state)).toMatch(expected);
  });

  it('does not say that the connection has ended where one signal lacks a permission', () => {
    const error = {type: 'PERMISSION', code: null, ...REAUTHENTICATE};
    expect(told({attributes: {status: {value: 'ERROR', error}}})).toMatch(/do not have your permission/);
  });

  it.each(['constructor', 'toString', '__proto__'])('is a sentence although the code is %s', code => {
    expect(told(v2('VEHICLE_STATE', code, 409))).toMatch(/needs your attention/);
  });

  it('speaks of the car where the endpoint is not known', () => {
    expect(userMessage(judge(v2('UPSTREAM', null, 502)))).toMatch(/^We couldn't reach your car/);
  });
});

describe('the hints for the developer', () => {
  it('say why, what the server said, and what to quote', () => {
    expect(hints(judge(v2('SERVER', 'RECORD_NOT_FOUND', 500, {resolution: 'CONTACT_SUPPORT'})))).toEqual([
      'Smartcar says that its support has to be asked.',
      'Smartcar says: words',
      "Quote request req-1 to Smartcar's support.",
    ]);
  });

  it('quote no request that is not known', () => {
    const decision = judge({type: 'SERVER', code: 'RECORD_NOT_FOUND', resolution: 'CONTACT_SUPPORT'});
    expect(hints(decision)).toEqual(['Smartcar says that its support has to be asked.']);
  });

  it('do not put the words of the network into Smartcar’s mouth', () => {
    const lost = Object.assign(new Error('read ECONNRESET'), {code: 'ECONNRESET'});
    expect(hints(judge(lost))).toContain('It says: read ECONNRESET');
  });
});
