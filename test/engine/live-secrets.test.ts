import {inspect} from 'node:util';
import {expect, it, test} from 'vitest';
import {createPolicy, explain} from '../../src/index.ts';

const CANARY = 'canary4711secretvalue';
const URL = 'https://api.smartcar.com/v2.0/vehicles/c/odometer';
const repeating = (): Promise<Response> =>
  Promise.resolve(
    Response.json(
      {
        statusCode: 400,
        type: 'VALIDATION',
        description: `no ${CANARY}`,
        suggestedUserMessage: `no ${CANARY}`,
        detail: [{field: ['a'], message: `no ${CANARY}`}],
      },
      {status: 400},
    ),
  );

it.each<[string, string, RequestInit]>([
  ['a bearer', URL, {headers: {authorization: `Bearer ${CANARY}`}}],
  ['two schemes', URL, {headers: {authorization: `Bearer Bearer ${CANARY}`}}],
  ['a token alone', URL, {headers: {authorization: CANARY}}],
  ['a token in quotes', URL, {headers: {authorization: `Bearer "${CANARY}"`}}],
  ['Basic', URL, {headers: {authorization: `Basic ${btoa(`id:${CANARY}`)}`}}],
  ['the query', `${URL}?access_token=${CANARY}`, {}],
  ['a body', URL, {method: 'POST', body: JSON.stringify({pin: CANARY})}],
  ['a cookie', URL, {headers: {cookie: `session=${CANARY}`}}],
])('a server that repeats %s puts it in no word and no event', async (_, url, init) => {
  const policy = createPolicy({fetch: repeating});
  const seen: unknown[] = [];
  for (const event of ['attempt', 'decision', 'fail'] as const)
    policy.on(event, payload => seen.push(payload));
  const explanation = explain(await policy.fetch()(url, init));
  expect(explanation?.reason).toBe('request-invalid');
  expect(inspect([seen, explanation], {depth: 9})).not.toContain(CANARY);
});

test('two who ask in two languages are answered in both', async () => {
  const policy = createPolicy({fetch: repeating, messages: ({locale}) => locale});
  const door = policy.fetch();
  const both = await Promise.all(['de', 'fr'].map(locale => door(URL, {policy: {locale}})));
  expect(both.map(one => explain(one)?.userMessage)).toEqual(['de', 'fr']);
});
