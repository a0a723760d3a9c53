import {expect, test} from 'vitest';
import {explain, record, type Explanation} from '../../src/engine/explain.ts';
import {BATCH, itemOf, problem, SIGNALS, signalOf, states} from './support/parts.ts';

const EXPLANATION: Explanation = {
  action: 'fail',
  reason: 'retries-spent',
  needs: 'support',
  failure: {scope: 'call', effect: 'none'},
  attempts: 1,
  waitedMs: 0,
  userMessage: 'It did not work.',
  hints: [],
};

test('what was recorded of an outcome is what explains it, and what carries it', () => {
  const error = new Error('of a call');
  expect(explain(error)).toBeUndefined();
  record(error, EXPLANATION);
  expect(explain(error)).toBe(EXPLANATION);
  expect(explain(new Error('outer', {cause: error}))).toBe(EXPLANATION);
});

test('the parts of an answer are explained with options and without', async () => {
  const batch = {
    responses: [itemOf('/odometer', 200, {}), itemOf('/fuel', 409, problem('VEHICLE_STATE', 'ASLEEP'))],
  };
  expect(states(await explain.batch(batch, {url: BATCH}))).toEqual(states(await explain.batch(batch)));
  const list = {data: [signalOf('odometer-traveleddistance')]};
  expect(states(await explain.signals(list, {url: SIGNALS}))).toEqual(states(await explain.signals(list)));
  expect((await explain.batch(batch)).parts).toHaveLength(2);
  expect((await explain.signals(list)).parts).toHaveLength(1);
});
