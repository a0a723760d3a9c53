import {describe, expect, it} from 'vitest';
import {endpointNamed, requestFacts, type Endpoint} from '../../../src/core/endpoints.ts';
import {userMessage} from '../../../src/core/messages/user-message.ts';
import {judge, REAUTHENTICATE, v2} from '../support/call.ts';
import {DOCUMENTED, nameOf} from '../support/table.ts';
import {envelopes} from '../support/wire.ts';

const endpoint = requestFacts('POST', '/v3/vehicles/c/commands/security/lock').endpoint!;

/** What the owner is told about a failed lock command. */
function told(subject: unknown, state: object = {}, called: Endpoint = endpoint): string {
  return userMessage({...judge(subject, {state}), endpoint: called});
}

describe('the message to the owner', () => {
  it.each(DOCUMENTED.map(row => [nameOf(row), row] as const))(
    'asks for at most one thing and names no code after %s',
    (_, row) => {
      const {subject, context} = envelopes(row)[0]!;
      const message = userMessage({...judge(subject, {context}), endpoint});
      expect(message).toMatch(/^We couldn't (lock|connect) your car\b.*\.$/);
      expect(message).not.toMatch(/\byou (did|came|cancelled|have|must)\b/);
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
      /^We don't know whether we could lock your car: no clear answer came\. Please check your car/,
    ],
    ['a mistake of the developer', v2('VALIDATION', null, 400), {}, /We are looking into it/],
    ['an outage', v2('UPSTREAM', null, 502), {}, /right now\. Please try again later/],
  ])('says what the owner can do after %s', (_, body, state, expected) => {
    expect(told(body, state)).toMatch(expected);
  });

  it.each([
    ['startCharge', 'FULLY_CHARGED', 'it is fully charged. There is nothing to do.'],
    ['startCharge', 'CHARGING_IN_PROGRESS', 'it is charging already. There is nothing to do.'],
    ['startCharge', 'CHARGING_PLUG_NOT_CONNECTED', 'it is not plugged in. Please plug it in.'],
    ['stopCharge', 'FULLY_CHARGED', 'it is fully charged. There is nothing to do.'],
    ['stopCharge', 'NOT_CHARGING', 'it is not charging. There is nothing to do.'],
    ['stopCharge', 'CHARGING_PLUG_NOT_CONNECTED', 'it is not plugged in. There is nothing to do.'],
    ['stopCharge', 'CHARGING_IN_PROGRESS', 'it goes on charging. Please try again later.'],
    ['charge', 'NOT_CHARGING', 'it is not charging. Please plug it in and let it charge first.'],
    ['setChargeLimit', 'CHARGING_IN_PROGRESS', 'it is charging. Please try again when it has stopped.'],
    ['odometer', 'FULLY_CHARGED', 'it is fully charged. Please try again later.'],
  ])('tells the goal of a command from what stands in its way: %s, %s', (name, code, expected) => {
    expect(told(v2('VEHICLE_STATE', code, 409), {}, endpointNamed(name))).toMatch(
      new RegExp(`your car, because ${expected.replaceAll('.', '\\.')}$`),
    );
  });

  it('says of a command that was cut short that nobody knows', () => {
    const failure = {scope: 'call', effect: 'possible'} as const;
    const end = {action: 'fail', needs: 'nobody', endpoint, command: true} as const;
    for (const reason of ['aborted', 'past-deadline', 'retries-spent', 'wait-too-long'] as const) {
      expect(userMessage({...end, reason, failure})).toMatch(/^We don't know whether we could lock/);
      expect(userMessage({...end, reason, failure, command: false})).toMatch(/^We couldn't lock/);
      expect(userMessage({...end, reason, failure: {...failure, effect: 'none'}})).toMatch(/^We couldn't/);
    }
  });

  it('says of an app with a name that it does not know either', () => {
    const verdict = {...judge(v2('UPSTREAM', null, 502), {state: {command: true}}), command: true, endpoint};
    expect(userMessage(verdict, {appName: 'Volt'})).toMatch(
      /^Volt doesn't know whether it could lock your car: no clear answer came/,
    );
  });

  it("keeps the server's suggestion to itself where nobody knows the outcome", () => {
    const failure = {scope: 'call', effect: 'possible', suggestedUserMessage: 'Try again.'} as const;
    const end = {action: 'fail', reason: 'retries-spent', needs: 'support', command: true} as const;
    expect(userMessage({...end, failure})).toMatch(/^We don't know/);
  });

  it('tells a parked owner what an earlier call has told, and not what this one ran into', () => {
    const failure = {type: 'VEHICLE_STATE', code: 'ASLEEP', scope: 'vehicle', effect: 'none'} as const;
    const parked = {action: 'reauthenticate', reason: 'parked', needs: 'owner', endpoint, failure} as const;
    const words = (parkedFor?: string): string =>
      userMessage({...parked, ...(parkedFor !== undefined && {parkedFor})});
    expect(words('CONNECTED_SERVICES_ACCOUNT:NO_VEHICLES')).toMatch(/add it there, then connect it again/);
    expect(words('grant-dead')).toMatch(/the connection to it has ended/);
    expect(words()).toMatch(/the connection to it has ended/);
  });

  it.each([
    ['a dead grant', {error: 'invalid_grant'}, /because the connection to it has ended\. Please connect it/],
    ['a new reason', v2('BRAND_NEW', null, 400, REAUTHENTICATE), /because the connection to it has ended/],
    [
      'a new reason that is about one permission',
      v2('COMPATIBILITY', 'BRAND_NEW', 501, REAUTHENTICATE),
      /because your permission for that is missing/,
    ],
  ])('says why the owner has to reconnect after %s', (_, body, expected) => {
    expect(told(body)).toMatch(expected);
  });

  it.each([
    ['a make in capitals', {reason: 'make-in-capitals', type: 'PERMISSION'}, '. We are looking into it.'],
    [
      'a goal that has no words of its own',
      {reason: 'goal-reached', type: 'BRAND_NEW'},
      ', because it already is in that state. There is nothing to do.',
    ],
  ] as const)('asks nothing of the owner after %s', (_, {reason, type}, end) => {
    const failure = {type, scope: 'call', effect: 'none'} as const;
    const verdict = {action: 'fail', reason, needs: 'nobody', failure, endpoint} as const;
    expect(userMessage(verdict)).toBe(`We couldn't lock your car${end}`);
  });

  it('speaks of connecting where Connect came back with nothing', () => {
    const verdict = judge({error: 'access_denied'}, {context: {status: 302, api: 'connect'}});
    expect(userMessage(verdict)).toMatch(/^We couldn't connect your car, because it was not allowed/);
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
