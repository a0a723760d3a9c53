import {expect, test} from 'vitest';
import {explain} from '../../src/engine/explain.ts';
import {bench, errorOf, playing} from './support/bench.ts';
import {response, upstream, upstreamResponse} from './support/failures.ts';

const thrown = (): undefined => undefined;
const READ = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true, maxWaitMs: 0};

test('explains the error that a call threw, also a frozen one', async () => {
  const {policy, clock} = bench();
  for (const error of [upstream(), Object.freeze(upstream())]) {
    await errorOf(policy.run(playing(error), READ));
    expect(explain(error)).toEqual({
      action: 'fail',
      reason: 'wait-too-long',
      needs: 'nobody',
      failure: expect.objectContaining({
        type: 'UPSTREAM',
        code: 'NO_RESPONSE',
        status: 502,
        effect: 'possible',
      }),
      attempts: 1,
      waitedMs: 0,
      retryAt: clock.now() + 1_000,
      userMessage: "We couldn't read the odometer of your car right now. Please try again later.",
      hints: expect.arrayContaining([expect.stringContaining('maxWaitMs')]),
      docUrl: expect.stringMatching(/^https:\/\/smartcar\.com\/docs\//),
    });
  }
});

test('explains a Response, and the error of a client that carries it in .response or .cause', async () => {
  const {policy} = bench();
  const answer = upstreamResponse();
  await policy.run(playing(answer), READ);
  const known = explain(answer);

  expect(known).toMatchObject({reason: 'wait-too-long', failure: {status: 502}});
  expect(explain(Object.assign(new Error('HTTPError'), {response: answer}))).toBe(known);
  expect(explain(new Error('outer', {cause: new Error('inner', {cause: answer})}))).toBe(known);
  expect(explain({cause: {response: answer}})).toBe(known);
});

test('explains a function that was thrown, as any other object', async () => {
  const {policy} = bench();
  await errorOf(policy.run(() => Promise.reject(thrown), READ));

  expect(explain(thrown)).toMatchObject({reason: 'unrecognised'});
});

test('knows nothing of strangers, and never throws', () => {
  const cyclic = new Error('cycle');
  cyclic.cause = cyclic;
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error('no');
      },
    },
  );
  const strangers = [
    undefined,
    null,
    1,
    'x',
    Symbol('x'),
    {},
    [],
    new Error('x'),
    response(500, {}),
    cyclic,
    hostile,
  ];
  for (const stranger of strangers) expect(explain(stranger)).toBeUndefined();
});

test('puts nothing on the error, the response or the explanation', async () => {
  const {policy} = bench();
  const error = upstream();
  const before = Reflect.ownKeys(error);
  await errorOf(policy.run(playing(error), READ));

  expect(Reflect.ownKeys(error)).toEqual(before);
  expect(Object.isFrozen(explain(error))).toBe(true);
});

test('tells the latest of an error that several calls threw', async () => {
  const {policy, clock} = bench();
  const error = upstream();
  await errorOf(policy.run(playing(error), READ));
  await clock.run(errorOf(policy.run(playing(error), {...READ, maxWaitMs: 1_000})));

  expect(explain(error)).toMatchObject({attempts: 2, waitedMs: 1_000});
});
