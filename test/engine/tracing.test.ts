import {expect, test} from 'vitest';
import {requestFacts} from '../../src/core/endpoints.ts';
import type {Evidence} from '../../src/core/evidence/read.ts';
import type {Call, Outcome} from '../../src/engine/call.ts';
import {endOf, failureEnd, tracedCall} from '../../src/engine/tracing.ts';

const call = (more: Partial<Call>): Call => ({id: 7, command: false, ...more}) as Call;
const sent = (url: string) => ({url, method: 'GET', headers: undefined, body: null});

test('a call is told with what is known of it, and no member for what is not', () => {
  expect(tracedCall(call({}))).toStrictEqual({call: 7, command: false});
  const url = 'https://api.smartcar.com/v2.0/vehicles/c/odometer?x=1';
  const request = requestFacts('GET', '/v2.0/vehicles/c/odometer');
  const {operation} = request;
  expect(
    tracedCall(call({user: 'ada', vehicle: 'c', operation, command: true, request, sent: sent(url)})),
  ).toStrictEqual({
    call: 7,
    user: 'ada',
    vehicle: 'c',
    operation,
    command: true,
    request: {method: 'GET', url, template: '/v2.0/vehicles/{id}/odometer'},
  });
});

test.each([
  ['/v3/vehicles/c/signals', '/v3/vehicles/{id}/signals'],
  ['/health', '/health'],
])('the path %s has the template %s', (path, template) => {
  const request = requestFacts('GET', path);
  expect(tracedCall(call({request, sent: sent(`https://a.example${path}`)})).request).toMatchObject({
    template,
  });
});

test('a request is told only where a door has seen it', () => {
  expect(tracedCall(call({request: requestFacts('GET', '/x')}))).not.toHaveProperty('request');
  expect(tracedCall(call({sent: sent('https://a.example/x')}))).not.toHaveProperty('request');
});

test('an attempt that succeeds is told with its status, where it has one', () => {
  expect(endOf(new Response(null, {status: 204}))).toStrictEqual({status: 204});
  expect(endOf('odometer')).toStrictEqual({});
});

const threw = (error: unknown): Outcome => ({threw: true, error});
const answered = (status: number): Outcome => ({threw: false, value: new Response(null, {status})});
const evidence: Evidence = {api: '2.0', status: 502, type: 'UPSTREAM', code: 'NO_RESPONSE'};

test.each<[what: string, outcome: Outcome, read: readonly Evidence[], end: object]>([
  [
    'a status and words',
    answered(500),
    [evidence],
    {status: 502, failure: {type: 'UPSTREAM', code: 'NO_RESPONSE'}},
  ],
  ['the status of the answer', answered(500), [{api: 'any'}], {status: 500, failure: {}}],
  ['no evidence', answered(500), [], {status: 500, failure: {}}],
  ['the name of an error', threw(new TypeError('x')), [], {failure: {thrown: 'TypeError'}}],
  ['what is no error', threw('x'), [], {failure: {thrown: 'string'}}],
  [
    'an error that carries an answer',
    threw(Object.assign(new Error('x'), {status: 500})),
    [evidence],
    {status: 502, failure: {type: 'UPSTREAM', code: 'NO_RESPONSE', thrown: 'Error'}},
  ],
  [
    'an error with a status that nobody read',
    threw(Object.assign(new Error('x'), {status: 500})),
    [],
    {failure: {thrown: 'Error'}},
  ],
])('an attempt that fails is told with %s', (_, outcome, read, end) => {
  expect(failureEnd(outcome, read)).toStrictEqual(end);
});
