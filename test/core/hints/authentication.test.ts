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
import type {HintFacts} from '../../../src/core/hints/facts.ts';
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
    ['Basic in capitals', {scheme: 'BASIC'}, /`Basic` proves an application/],
    ['an empty token', {scheme: 'Bearer', flaw: 'nothing'}, /nothing stands behind it/],
    ['the text undefined', {scheme: 'Bearer', flaw: 'undefined'}, /the text `undefined`/],
    ['two schemes', {scheme: 'Bearer', flaw: 'twice'}, /a second scheme/],
  ] as const)('is looked at: %s', (_, sent, expected) => {
    expect(authorizationHeader(facts({failure, ...asked('GET', odometer, sent)}))).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  it('is missed where the token stands in the query', () => {
    for (const name of ['access_token', 'token', 'Token']) {
      const sent = asked('GET', `${odometer}?a=…&${name}=…`, {partly: true});
      expect(authorizationHeader(facts({failure, ...sent}))).toEqual([
        expect.stringContaining(`stands in the query (\`${name}\`)`),
      ]);
    }
  });

  it.each(['my_token', 'token_type', 'access'])('is no token in the query: %s', name => {
    const sent = asked('GET', `${odometer}?${name}=…`, {scheme: 'Bearer'});
    expect(authorizationHeader(facts({failure, ...sent}))).toEqual([]);
  });

  it.each([
    ['a bearer', asked('GET', odometer, {scheme: 'Bearer'})],
    ['a bearer in lower case', asked('GET', odometer, {scheme: 'bearer'})],
    ["the policy's own", {...asked('GET', odometer), ...ours('2')}],
    ['Basic for compatibility', asked('GET', `${V2}/compatibility`, {scheme: 'Basic'})],
    ['Basic for its matrix', asked('GET', `${V2}/compatibility/matrix`, {scheme: 'Basic'})],
    ['Basic for management', asked('GET', `${V2}/vehicles`, {scheme: 'Basic', host: 'management'})],
    ['nothing known of the request', {}],
    ['nothing known but its URL', asked('GET', odometer, {partly: true})],
    ['another failure', {...asked('GET', odometer), failure: v2Failure('UPSTREAM')}],
  ])('is in order: %s', (_, known) => {
    expect(authorizationHeader(facts({failure, ...known}))).toEqual([]);
  });

  it('is looked at where the caller brought the token, and the path is not known', () => {
    const auth = {version: '2', byPolicy: false} as const;
    expect(authorizationHeader(facts({failure, auth, sent: {method: 'GET', scheme: 'Basic'}}))).toEqual([
      expect.stringContaining('`Basic` proves'),
    ]);
  });
});

describe('the version of the token', () => {
  it.each([
    ['2', `${V3}/vehicles/${CAR}/signals`, [expect.stringMatching(/`applicationToken`\.$/)]],
    ['3', odometer, [expect.stringMatching(/`userTokens`\.$/)]],
    ['2', odometer, []],
    ['3', `${V3}/vehicles/${CAR}/signals`, []],
    // By the host alone, and by nothing.
    ['2', 'https://vehicle.api.smartcar.com/connections', [expect.stringMatching(/`applicationToken`\.$/)]],
    ['3', 'https://auth.smartcar.com/oauth/token', []],
    ['3', 'http://127.0.0.1:4000/vehicles', []],
  ] as const)('%s is held against %s', (version, url, expected) => {
    expect(tokenVersion(facts({failure, ...asked('GET', url), ...ours(version)}))).toEqual(expected);
  });

  it('is no question without a request, nor after another failure', () => {
    expect(tokenVersion(facts({failure, ...ours('3')}))).toEqual([]);
    const denied = v2Failure('AUTHENTICATION', 'ACCESS_DENIED', 403);
    expect(tokenVersion(facts({failure: denied, ...asked('GET', odometer), ...ours('3')}))).toEqual([]);
    expect(tokenVersion(facts({failure, ...asked('GET', odometer)}))).toEqual([]);
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
    [0, 'token-expired', ['By our records the token ended 1 s ago, at 2026-09-01T12:00:00Z.']],
    [Infinity, 'token-rejected', []],
    [NaN, 'token-rejected', []],
  ] as const)('%d ms from now is told after %s', (left, reason, expected) => {
    expect(tokenAge(facts({failure, reason, tokenExpiresAt: NOW + left, ...ours('2')}))).toEqual(expected);
  });

  it('is not told of a token of the caller’s', () => {
    expect(tokenAge(facts({failure, reason: 'token-rejected', tokenExpiresAt: NOW - 1}))).toEqual([]);
  });

  it('is not told where nobody knows it, nor after another failure', () => {
    expect(tokenAge(facts({failure, reason: 'token-rejected', ...ours('2')}))).toEqual([]);
    const known = {tokenExpiresAt: NOW - 1, ...ours('2')};
    expect(tokenAge(facts({failure: v2Failure('UPSTREAM'), ...known}))).toEqual([]);
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

  it.each([
    ['its URL', asked('GET', `${V3}/vehicles/${CAR}/signals`), /^The application of this token/],
    ['the version of the token', {...asked('GET', odometer), ...ours('3')}, /^The application of this token/],
    ['nothing', {}, /^The token may be of an owner who does not have this car/],
  ])('may be another one’s, by %s', (_, known, expected) => {
    expect(tokenRejected(facts({failure, reason: 'token-rejected', ...known}))).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  it('may be one that a client was built with', () => {
    expect(bakedIn(facts({failure, reason: 'token-rejected', ...ours('2')}))).toEqual([
      expect.stringContaining('inside `run`'),
    ]);
    const {sent, request} = asked('GET', odometer);
    const others = [
      {sent, ...ours('2')},
      {request, ...ours('2')},
      {auth: {version: '2', byPolicy: false}},
      {},
    ];
    for (const known of others as readonly Partial<HintFacts>[])
      expect(bakedIn(facts({failure, ...known, reason: 'token-rejected'}))).toEqual([]);
    expect(bakedIn(facts({failure, reason: 'token-expired', ...ours('2')}))).toEqual([]);
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

  it.each([
    v2Failure('CONNECTED_SERVICES_ACCOUNT', 'NO_VEHICLES', 400),
    v2Failure('UPSTREAM', 'AUTHENTICATION_FAILED'),
  ])('is no question for %j', given => {
    expect(whoseLogin(facts({failure: given}))).toEqual([]);
  });
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

  it('is told by the word of v3 too, where nothing is known of the call', () => {
    expect(accessDenied(facts({failure: {status: 403, code: 'forbidden'}}))).toEqual([
      expect.stringMatching(/whether `sc-user-id` is the owner of this car,/),
    ]);
  });

  it.each([
    ['the policy sent it', ours('3')],
    ['the caller sent it', {sent: {method: 'GET', hasUserId: true}}],
  ])('names the `sc-user-id` that was sent where %s', (_, known) => {
    const denied = v2Failure('AUTHENTICATION', 'ACCESS_DENIED', 403);
    expect(accessDenied(facts({failure: denied, ...known}))).toEqual([
      expect.stringContaining('the `sc-user-id` that was sent'),
    ]);
  });

  it.each([
    ['a 403 of v2.0', {failure: {status: 403}, ...asked('GET', odometer)}],
    ['a 404 of v3', {failure: {status: 404, code: 'forbidden'}, ...asked('GET', V3)}],
    ['a type', {failure: v2Failure('PERMISSION', 'forbidden', 403), ...asked('GET', V3)}],
  ])('is not read into %s', (_, known) => {
    expect(accessDenied(facts(known))).toEqual([]);
  });
});
