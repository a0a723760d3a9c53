import {describe, expect, it} from 'vitest';
import type {ReadContext} from '../../src/core/evidence/evidence.ts';
import {judge, NOW, REAUTHENTICATE, RETRY_LATER, v2} from './support/call.ts';

const lost = (code?: string): Error =>
  new TypeError('fetch failed', {cause: Object.assign(new Error(), {code})});
const endpointTimedOut = Object.assign(new Error('late'), {code: 'OAUTH_TIMEOUT'});

describe('why an attempt without an answer is repeated', () => {
  it.each<[subject: unknown, reason: string, context?: ReadContext]>([
    [lost('ECONNREFUSED'), 'connection-never-made'],
    [lost('UND_ERR_CONNECT_TIMEOUT'), 'connection-never-made'],
    [lost('ECONNRESET'), 'connection-lost'],
    [lost(), 'connection-lost'],
    [lost('UND_ERR_HEADERS_TIMEOUT'), 'timed-out'],
    [new DOMException('late', 'TimeoutError'), 'timed-out'],
    [endpointTimedOut, 'timed-out', {api: 'oauth-v2'}],
    [endpointTimedOut, 'timed-out', {api: 'oauth-v3'}],
  ])('%o: %s', (subject, reason, context = {}) => {
    expect(judge(subject, {context})).toMatchObject({action: 'retry', reason});
  });
});

describe('the reason of a decision', () => {
  it.each<[subject: unknown, reason: string, context?: ReadContext]>([
    [v2('UPSTREAM', 'NO_RESPONSE', 502), 'known-to-pass'],
    [v2('RATE_LIMIT', 'SMARTCAR_API', 429), 'known-to-pass'],
    [v2('VEHICLE_STATE', 'ASLEEP', 409), 'passes-by-itself'],
    [{error: 'vehicle_state_error', code: 'VS_006', statusCode: 409}, 'passes-by-itself'],
    [{error: 'rate_limiting_error', statusCode: 429}, 'known-to-pass'],
    [v2('BRAND_NEW', null, 503), 'transient-status'],
    [{error: 'invalid_grant'}, 'grant-dead', {status: 400, api: 'oauth-v2'}],
    [{error: 'invalid_client'}, 'credentials-rejected', {status: 401, api: 'oauth-v2'}],
    [{error: 'access_denied'}, 'connect-refused', {status: 302, api: 'connect'}],
    [v2('PERMISSION', null, 403), 'owner-has-to-connect'],
    [v2('VALIDATION', null, 400), 'request-invalid'],
    [new RangeError('a mistake of the caller'), 'unrecognised'],
  ])('%o: %s', (subject, reason, context = {}) => {
    expect(judge(subject, {context}).reason).toBe(reason);
  });

  it('is not the token where a fresh one met another failure', () => {
    const state = {tokenWasFresh: true};
    expect(judge(v2('VALIDATION', null, 400), {state}).reason).toBe('request-invalid');
    expect(judge(v2('PERMISSION', null, 403, REAUTHENTICATE), {state}).action).toBe('reauthenticate');
  });
});

describe('RETRY_LATER', () => {
  it.each([
    ['a new type of a status that is told to wait', v2('BRAND_NEW', null, 429, RETRY_LATER), 60_001],
    ['a state that does not pass by itself', v2('VEHICLE_STATE', 'DOOR_OPEN', 409, RETRY_LATER), 60_001],
    ['a new type', v2('BRAND_NEW', null, 400, RETRY_LATER), 0],
    ['a new type without a status', {type: 'BRAND_NEW', ...RETRY_LATER}, 0],
  ])('keeps to the pace of %s', (_, body, delayMs) => {
    expect(judge(body)).toMatchObject({action: 'retry', delayMs, retryAt: NOW + delayMs});
  });
});
