import {describe as suite, expect, test} from 'vitest';
import type {HintFacts} from '../../src/core/hints/facts.ts';
import {describe, inWords, type About, type Advisor, type Details} from '../../src/engine/describe.ts';
import type {Explanation} from '../../src/engine/explain.ts';
import type {Sendable} from '../../src/engine/sent.ts';
import {fakeEngine} from './support/engine.ts';

const {origins} = fakeEngine();
const ADVISOR: Advisor = {voice: {appName: 'Volt'}, origins, settings: {nearest: () => undefined}};
const LIMIT: Details = {
  action: 'fail',
  reason: 'paused',
  needs: 'nobody',
  failure: {type: 'RATE_LIMIT', code: 'VEHICLE', scope: 'vehicle', effect: 'none'},
};
const NOW = Date.UTC(2026, 0, 1);
const ABOUT: About = {now: NOW, byPolicy: true, command: false};
const USED = {attempts: 2, waitedMs: 7};
const sentBody = (body: string): Sendable => ({
  url: 'https://api.test/v2.0/vehicles/car/security',
  method: 'POST',
  headers: undefined,
  body,
});

const explained = (
  details: Partial<Details> = {},
  about: Partial<About> = {},
  advisor = ADVISOR,
): Explanation => describe(advisor, {...LIMIT, ...details}, {...ABOUT, ...about}, USED);
const hintsOf = (...args: Parameters<typeof explained>): string => explained(...args).hints.join(' ');

suite('an explanation', () => {
  test('is frozen, and has what is known and no more', () => {
    const bare = explained();
    expect(bare).toMatchObject({
      action: 'fail',
      reason: 'paused',
      needs: 'nobody',
      failure: LIMIT.failure,
      ...USED,
    });
    expect(Object.isFrozen(bare)).toBe(true);
    for (const member of ['retryAt', 'connectUrl', 'docUrl']) expect(bare).not.toHaveProperty(member);
    const known = {retryAt: 0, connectUrl: 'https://connect.test/', docUrl: 'https://docs.test/'};
    expect(explained(known)).toMatchObject(known);
  });

  test('speaks to the owner in the words of the endpoint and of what was asked of it', () => {
    const endpoint = {phrase: 'lock or unlock {car}'};
    const phrases: string[] = [];
    const messages = ({phrase}: {readonly phrase: string}): undefined => void phrases.push(phrase);
    const advisor: Advisor = {...ADVISOR, voice: {messages}};
    explained({endpoint}, {}, advisor);
    explained({}, {}, advisor);
    expect(phrases[0]).toMatch(/lock/);
    expect(phrases[0]).not.toBe(phrases[1]);
  });

  test('speaks the call’s language, else the policy’s', () => {
    const locales: unknown[] = [];
    const messages = ({locale}: {readonly locale?: string}): undefined => void locales.push(locale);
    const advisor: Advisor = {...ADVISOR, voice: {messages, locale: 'en'}};
    explained({}, {locale: 'de'}, advisor);
    explained({}, {}, advisor);
    expect(locales).toEqual(['de', 'en']);
  });

  test('says of a command that nobody knows whether it ran, and of a read that it failed', () => {
    const open: Partial<Details> = {
      reason: 'past-deadline',
      failure: {type: 'SERVER', scope: 'call', effect: 'possible'},
    };
    const asCommand = explained(open, {command: true});
    const asRead = explained(open);
    expect(asCommand.userMessage).not.toBe(asRead.userMessage);
    expect(asCommand.hints).not.toEqual(asRead.hints);
  });
});

suite('its hints', () => {
  test('tell of the gate, its time, and the car', () => {
    const until = NOW + 60_000;
    const gate: HintFacts['gate'] = {key: 'application', until, waiting: 2, shutFor: 'x'};
    expect(hintsOf({}, {gate})).toMatch(/application is closed.*2 calls wait/);
    expect(hintsOf()).not.toMatch(/The gate of/);
    expect(hintsOf({retryAt: until}, {vehicle: 'my-car'})).toMatch(/vehicle `my-car` is closed/);
    expect(hintsOf({retryAt: until})).not.toMatch(/my-car/);
  });

  test('tell of the end of the token that the policy sent, by the settings of its auth', () => {
    const failure = {type: 'AUTHENTICATION', status: 401, scope: 'call', effect: 'none'} as const;
    const refused: Partial<Details> = {reason: 'token-expired', failure};
    const tokenExpiresAt = NOW - 60_000;
    const settings = {...ADVISOR.settings, auth: {version: '2', byPolicy: false}} as const;
    const withAuth: Advisor = {...ADVISOR, settings};
    expect(hintsOf(refused, {tokenExpiresAt}, withAuth)).toMatch(/the token ended/);
    expect(hintsOf(refused, {tokenExpiresAt, byPolicy: false}, withAuth)).not.toMatch(/the token ended/);
    expect(hintsOf(refused, {tokenExpiresAt})).not.toMatch(/the token ended/);
    expect(hintsOf(refused, {}, withAuth)).not.toMatch(/the token ended/);
  });

  test('tell of the token endpoint where that has failed', () => {
    const failure = {code: 'ECONNREFUSED', scope: 'application', effect: 'none'} as const;
    const down: Partial<Details> = {reason: 'retries-spent', failure};
    expect(hintsOf(down, {oauth: true})).toMatch(/token endpoint/);
    expect(hintsOf(down, {oauth: false})).not.toMatch(/token endpoint/);
  });

  test('are made of the request as it was sent, of its facts, and of the operation', () => {
    const failure = {type: 'VALIDATION', status: 400, scope: 'call', effect: 'none'} as const;
    const invalid: Partial<Details> = {
      reason: 'server-says-fail' as Details['reason'],
      needs: 'developer',
      failure,
    };
    const sent = sentBody('{"action":"LOCKED"}');
    expect(hintsOf(invalid, {sent})).not.toBe(hintsOf(invalid));
  });
});

suite('an endpoint', () => {
  test('is worded by the action of the body that was sent, where there was one', () => {
    const endpoint = {phrase: 'lock or unlock {car}', permission: 'control_security'};
    expect(inWords(endpoint, undefined)).toBe(endpoint);
    expect(inWords(endpoint, sentBody('{"action":"LOCK"}')).phrase).toMatch(/^lock/);
  });
});
