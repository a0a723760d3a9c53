import {describe, expect, test} from 'vitest';
import type {Failure} from '../../src/core/failure.ts';
import {diagnosis, remember} from '../../src/engine/diagnose.ts';
import {record, type Explanation} from '../../src/engine/explain.ts';
import {fakeCall, fakeEngine} from './support/engine.ts';

const {origins} = fakeEngine();
const WRONG_CAR: Partial<Failure> = {code: 'VEHICLE_NOT_FOUND'};
const LIMIT = 50;

function failed(failure: Partial<Failure> = WRONG_CAR, who: object = {user: 'ada', vehicle: 'car'}): object {
  const subject = {};
  const explanation: Explanation = {
    action: 'fail',
    reason: 'token-rejected',
    needs: 'developer',
    failure: {scope: 'call', effect: 'none', ...failure},
    attempts: 1,
    waitedMs: 0,
    userMessage: '',
    hints: [],
  };
  record(subject, explanation);
  remember(explanation, fakeCall(fakeEngine(), who));
  return subject;
}

/** Asks that play these answers in turn, and remember what was asked. */
function playing(...answers: readonly unknown[]): {
  readonly ask: (user: string, url: string) => Promise<Response>;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const ask = async (user: string, url: string): Promise<Response> => {
    const answer = answers[asked.push(`${user} ${url}`) - 1];
    if (answer instanceof Error) throw answer;
    return answer instanceof Response ? answer : Response.json(answer);
  };
  return {ask, asked};
}

const idsOf = (count: number, first = 0): string[] =>
  Array.from({length: count}, (_, index) => `other-${first + index}`);

describe('which failures may mean that the token does not cover the car', () => {
  test.each<[Partial<Failure>, boolean]>([
    [{type: 'AUTHENTICATION', status: 401}, true],
    [{type: 'AUTHENTICATION', status: 403}, true],
    [{type: 'AUTHENTICATION', status: 400}, false],
    [{status: 401}, true],
    [{status: 403}, false],
    [{type: 'PERMISSION', status: 401}, false],
    [{type: 'PERMISSION', status: 403}, false],
    [{type: 'RESOURCE_NOT_FOUND', code: 'VEHICLE_NOT_FOUND', status: 404}, true],
    [{type: 'RESOURCE_NOT_FOUND', code: 'PATH', status: 404}, false],
  ])('%j: %s', async (failure, may) => {
    const {ask, asked} = playing({vehicles: ['car']});
    const found = await diagnosis(origins, '2', ask)(failed(failure));
    expect(found).toHaveLength(may ? 1 : 0);
    expect(asked).toHaveLength(may ? 1 : 0);
  });
});

describe('a diagnosis', () => {
  test('has nothing to say of a stranger', async () => {
    const {ask, asked} = playing();
    const diagnose = diagnosis(origins, '2', ask);
    expect(await diagnose(new Error('a stranger'))).toEqual([]);
    expect(await diagnose(undefined)).toEqual([]);
    expect(asked).toEqual([]);
  });

  test.each([{user: 'ada'}, {vehicle: 'car'}])('asks nobody when all it knows is %j', async who => {
    const {ask, asked} = playing();
    expect(await diagnosis(origins, '2', ask)(failed(WRONG_CAR, who))).toEqual([
      'Without `user` and `vehicle` nobody can ask whether the token covers the car.',
    ]);
    expect(asked).toEqual([]);
  });

  test('is made once, and found again', async () => {
    const {ask, asked} = playing({vehicles: ['car']});
    const diagnose = diagnosis(origins, '2', ask);
    const subject = failed();
    const found = await diagnose(subject);
    expect(found).toEqual(['Vehicle car is connected for user "ada": the token is not the cause.']);
    expect(await diagnose(subject)).toBe(found);
    expect(asked).toEqual([`ada https://api.test/v2.0/vehicles?limit=${LIMIT}&offset=0`]);
  });
});

const notAmong = (count: string): string =>
  `The token of user "ada" covers ${count}, and car is not among them: it belongs to another user, or was disconnected.`;

test.each([
  [0, 1, '0 cars'],
  [1, 1, '1 car'],
  [LIMIT - 1, 1, '49 cars'],
])('are %i: one page tells all', async (count, pages, said) => {
  const {ask, asked} = playing({vehicles: idsOf(count)});
  expect(await diagnosis(origins, '2', ask)(failed())).toEqual([notAmong(said)]);
  expect(asked).toHaveLength(pages);
});

describe('the cars of a v2 token', () => {
  test('may stand on a later page, which is asked for where the first is full', async () => {
    const {ask, asked} = playing({vehicles: idsOf(LIMIT)}, {vehicles: ['car']});
    expect(await diagnosis(origins, '2', ask)(failed())).toEqual([
      'Vehicle car is connected for user "ada": the token is not the cause.',
    ]);
    expect(asked[1]).toBe(`ada https://api.test/v2.0/vehicles?limit=${LIMIT}&offset=${LIMIT}`);
  });

  test('of a fleet are looked through up to the thousandth', async () => {
    const full = Array.from({length: 21}, (_, page) => ({vehicles: idsOf(LIMIT, page * LIMIT)}));
    const {ask, asked} = playing(...full);
    expect(await diagnosis(origins, '2', ask)(failed())).toEqual([notAmong('1000 cars')]);
    expect(asked).toHaveLength(20);
  });

  test('are none where the answer has no list', async () => {
    const {ask} = playing({vehicles: 'car'});
    expect(await diagnosis(origins, '2', ask)(failed())).toEqual([notAmong('0 cars')]);
  });
});

test('on v3 the connection of that car is asked for', async () => {
  const {ask, asked} = playing({data: [{}]}, {data: []});
  const diagnose = diagnosis(origins, '3', ask);
  expect(await diagnose(failed())).toEqual([
    'Vehicle car is connected for user "ada": the token is not the cause.',
  ]);
  expect(await diagnose(failed())).toEqual([
    'User "ada" has no connection to vehicle car: it belongs to another user, or was disconnected.',
  ]);
  expect(asked[0]).toBe('ada https://api-v3.test/v3/connections?filter%5BvehicleId%5D=car');
});

describe('what could not be asked', () => {
  const explained = failed({});
  const all: readonly (readonly [string, unknown, string])[] = [
    ['no answer came', new Error('down'), 'no answer'],
    [
      'the policy knows why no answer came',
      Object.assign(new Error('x'), {cause: explained}),
      'token-rejected',
    ],
    ['it was refused', new Response('{}', {status: 500}), 'status 500'],
    ['the answer is no JSON', new Response('<html>'), 'status 200'],
    ['the answer is null', Response.json(null), 'status 200'],
    ['the answer is a text', Response.json('cars'), 'status 200'],
  ];
  test.each(all)('is said, and asked again the next time: %s', async (_name, answer, why) => {
    const {ask, asked} = playing(answer, {vehicles: ['car']});
    const diagnose = diagnosis(origins, '2', ask);
    const subject = failed();
    expect(await diagnose(subject)).toEqual([`Which cars user "ada" has could not be asked (${why}).`]);
    expect(await diagnose(subject)).toEqual([
      'Vehicle car is connected for user "ada": the token is not the cause.',
    ]);
    expect(asked).toHaveLength(2);
  });
});
