import {describe, expect, it} from 'vitest';
import {
  accessDenied,
  authorizationHeader,
  bakedIn,
  tokenAge,
  tokenRejected,
  tokenVersion,
  whoseLogin,
} from '../../../src/core/hints/authentication.ts';
import {NOW} from '../support/call.ts';
import {asked, CAR, facts, MINUTE, ours, V2, V3, v2Failure} from './facts.ts';

const failure = v2Failure('AUTHENTICATION', undefined, 401);
const odometer = `${V2}/vehicles/${CAR}/odometer`;

describe('the authorization header', () => {
  it.each([
    ['none', {}, /No authorization header/],
    ['a token alone', {bare: true}, /does not begin with `Bearer`/],
    ['a misspelt scheme', {scheme: 'Baerer'}, /`Baerer`: `Bearer` is meant/],
    ['another word', {scheme: 'Token'}, /`Token`: `Bearer` is meant/],
    [
      'a stranger, unshown',
      {scheme: 'hunter'},
      /^The authorization header has a scheme other than `Bearer`\.$/,
    ],
    ['Basic', {scheme: 'Basic'}, /`Basic` proves an application/],
    ['an empty token', {scheme: 'Bearer', flaw: 'nothing'}, /nothing stands behind it/],
    ['the text undefined', {scheme: 'Bearer', flaw: 'undefined'}, /the text `undefined`/],
    ['two schemes', {scheme: 'Bearer', flaw: 'twice'}, /a second scheme/],
  ] as const)('is looked at: %s', (_, sent, expected) => {
    expect(authorizationHeader(facts({failure, ...asked('GET', odometer, sent)}))).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  it('is missed where the token stands in the query', () => {
    const hints = authorizationHeader(facts({failure, ...asked('GET', `${odometer}?access_token=…`)}));
    expect(hints).toEqual([expect.stringMatching(/stands in the query \(`access_token`\)/)]);
  });

  it.each([
    ['a bearer', asked('GET', odometer, {scheme: 'Bearer'})],
    ['a bearer in lower case', asked('GET', odometer, {scheme: 'bearer'})],
    ["the policy's own", {...asked('GET', odometer), ...ours('2')}],
    ['Basic for compatibility', asked('GET', `${V2}/compatibility`, {scheme: 'Basic'})],
    ['Basic for management', asked('GET', `${V2}/vehicles`, {scheme: 'Basic', host: 'management'})],
    ['nothing known of the request', {}],
  ])('is in order: %s', (_, known) => {
    expect(authorizationHeader(facts({failure, ...known}))).toEqual([]);
  });
});

describe('the version of the token', () => {
  it.each([
    ['2', `${V3}/vehicles/${CAR}/signals`, [expect.stringMatching(/`applicationToken`\.$/)]],
    ['3', odometer, [expect.stringMatching(/`userTokens`\.$/)]],
    ['2', odometer, []],
    ['3', `${V3}/vehicles/${CAR}/signals`, []],
  ] as const)('%s is held against %s', (version, url, expected) => {
    expect(tokenVersion(facts({failure, ...asked('GET', url), ...ours(version)}))).toEqual(expected);
  });

  it('is nobody’s business where the caller brought the token', () => {
    const auth = {version: '2', byPolicy: false} as const;
    expect(tokenVersion(facts({failure, auth, ...asked('GET', `${V3}/vehicles/${CAR}/signals`)}))).toEqual(
      [],
    );
  });
});

describe('the age of the token', () => {
  it.each([
    [-12 * MINUTE, 'token-rejected', ['By our records the token ended 12 min ago, at 2026-09-01T11:48:00Z.']],
    [-12 * MINUTE, 'token-expired', ['By our records the token ended 12 min ago, at 2026-09-01T11:48:00Z.']],
    [43 * MINUTE, 'token-rejected', [expect.stringContaining('good for another 43 min')]],
    [43 * MINUTE, 'token-expired', []],
    [Infinity, 'token-rejected', []],
    [NaN, 'token-rejected', []],
  ] as const)('%d ms from now is told after %s', (left, reason, expected) => {
    expect(tokenAge(facts({failure, reason, tokenExpiresAt: NOW + left, ...ours('2')}))).toEqual(expected);
  });

  it('is not told of a token of the caller’s', () => {
    expect(tokenAge(facts({failure, reason: 'token-rejected', tokenExpiresAt: NOW - 1}))).toEqual([]);
  });
});

describe('a token that is refused though fresh', () => {
  it.each([
    ['2', /of an owner who does not have the vehicle `36ab[^`]*`: `policy\.diagnose\(error\)`/],
    ['3', /application.*no connection to the vehicle `36ab[^`]*`: `policy\.diagnose\(error\)`/],
  ] as const)('may be another one’s: v%s', (version, expected) => {
    const rejected = facts({failure, reason: 'token-rejected', vehicle: CAR, ...ours(version)});
    expect(tokenRejected(rejected)).toEqual([expect.stringMatching(expected)]);
  });

  it('may be one that a client was built with', () => {
    expect(bakedIn(facts({failure, reason: 'token-rejected', ...ours('2')}))).toEqual([
      expect.stringContaining('inside `run`'),
    ]);
    const sent = asked('GET', odometer);
    expect(bakedIn(facts({failure, reason: 'token-rejected', ...ours('2'), ...sent}))).toEqual([]);
  });

  it('is told of after no other reason', () => {
    expect(tokenRejected(facts({failure, reason: 'token-expired'}))).toEqual([]);
  });
});

describe('whose login it is', () => {
  it.each([
    [failure, /nobody has to reconnect/],
    [v2Failure('CONNECTED_SERVICES_ACCOUNT', 'AUTHENTICATION_FAILED', 400), /the token is in order/],
  ])('is told apart: %j', (given, expected) => {
    expect(whoseLogin(facts({failure: given}))).toEqual([expect.stringMatching(expected)]);
  });

  it.each([v2Failure('CONNECTED_SERVICES_ACCOUNT', 'NO_VEHICLES', 400), v2Failure('UPSTREAM')])(
    'is no question for %j',
    given => {
      expect(whoseLogin(facts({failure: given}))).toEqual([]);
    },
  );
});

describe('an access that is denied', () => {
  it.each([
    ['by its type', {failure: v2Failure('AUTHENTICATION', 'ACCESS_DENIED', 403), vehicle: CAR}],
    ['without a type, on v3', {failure: {status: 403}, ...asked('GET', `${V3}/vehicles/${CAR}/signals`)}],
  ])('names the owner and the application: %s', (_, known) => {
    expect(accessDenied(facts(known))).toEqual([
      expect.stringMatching(/`sc-user-id`.*`36ab.*GET \/v3\/connections/),
    ]);
  });

  it('is not read into a 403 of v2.0', () => {
    expect(accessDenied(facts({failure: {status: 403}, ...asked('GET', odometer)}))).toEqual([]);
  });
});
