import {closest} from 'fastest-levenshtein';
import {expect} from 'vitest';
import {requestFacts} from '../../../src/core/endpoints.ts';
import type {Failure} from '../../../src/core/failure.ts';
import type {Host, HintFacts, SentRequest} from '../../../src/core/hints/facts.ts';
import {NOW} from '../support/call.ts';

export const CAR = '36ab27d0-fd9d-4455-823a-ce30af709ffc';
export const MINUTE = 60_000;

const HOSTS: Readonly<Record<string, Host>> = {
  'https://api.smartcar.com': 'api',
  'https://vehicle.api.smartcar.com': 'apiV3',
  'https://auth.smartcar.com': 'auth',
  'https://iam.smartcar.com': 'authV3',
};

export const V2 = 'https://api.smartcar.com/v2.0';
export const V3 = 'https://vehicle.api.smartcar.com/v3';

/** All that is known of a failure, with nothing in it but what a test says. */
export function facts({
  failure,
  ...over
}: Partial<Omit<HintFacts, 'failure'>> & {failure?: Partial<Failure>} = {}): HintFacts {
  return {
    reason: 'request-invalid',
    needs: 'developer',
    now: NOW,
    nearest: (word, among) => closest(word, among),
    ...over,
    failure: {scope: 'call', effect: 'none', ...failure},
  };
}

/** A request as a door has sent it. */
export function asked(
  method: string,
  url: string,
  sent: Partial<SentRequest> = {},
): Pick<HintFacts, 'request' | 'sent' | 'endpoint' | 'operation' | 'vehicle'> {
  const {origin, pathname} = new URL(url);
  const request = requestFacts(method, pathname);
  const host = HOSTS[origin];
  return {
    request,
    operation: request.operation,
    ...(request.vehicle !== undefined && {vehicle: request.vehicle}),
    ...(request.endpoint && {endpoint: request.endpoint}),
    sent: {method, url, body: 'none', hasUserId: false, ...(host && {host}), ...sent},
  };
}

/** Of the policy's own token. */
export function ours(version: '2' | '3', more: object = {}): Pick<HintFacts, 'auth'> {
  return {auth: {version, byPolicy: true, ...more}};
}

export const v2Failure = (type: string, code?: string, status?: number): Partial<Failure> => ({
  type,
  ...(code !== undefined && {code}),
  ...(status !== undefined && {status}),
});

/** One hint of these words, or none. */
export const saying = (expected: RegExp | undefined): unknown[] =>
  expected === undefined ? [] : [expect.stringMatching(expected)];
