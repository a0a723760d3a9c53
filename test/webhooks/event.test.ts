import * as fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {evidenceOf, readDelivery} from '../../src/webhooks/event.ts';
import {readEvidence} from '../../src/core/evidence/read.ts';
import {allCases} from '../cases/case.ts';
import {bodyLike} from '../core/support/arbitrary.ts';
import {counterexample} from '../core/support/counterexample.ts';
import {errorEvent, NOON, OWNER, VEHICLE} from './support/bench.ts';

const read = (body: unknown) => readDelivery(body, 'fallback')?.event;
const state = (...signals: unknown[]) => read({eventType: 'VEHICLE_STATE', data: {signals}})?.signals;

describe('an error', () => {
  it('is one that is open where no state is told', () => {
    const {errors = []} = read(errorEvent({state: undefined})) ?? {};
    expect(errors).toMatchObject([{state: 'ERROR', type: 'VEHICLE_STATE', code: 'ASLEEP'}]);
  });

  it.each([
    ['objects', [{code: 'a', name: 'A', group: 'G'}, {code: 'b'}], ['a', 'b']],
    ['texts', ['a', 'b'], ['a', 'b']],
    ['both, and what is neither', ['a', {code: 'b'}, {code: 5}, 5, null, '', {}], ['a', 'b']],
    ['missing', undefined, []],
    ['null', null, []],
    ['an object', {code: 'a'}, []],
  ])('has signals that may be %s', (_name, signals, codes) => {
    expect(read(errorEvent({signals}))?.errors[0]?.signals).toEqual(codes);
  });

  it('may name more signals than anybody has errors', () => {
    const signals = Array.from({length: 300}, (_, index) => ({code: `signal-${index}`}));
    expect(read(errorEvent({signals}))?.errors[0]?.signals).toHaveLength(300);
  });

  it('that is over keeps what it was', () => {
    const over = read(errorEvent({state: 'RESOLVED', resolution: undefined, description: 'Over.'}));
    expect(over?.errors).toEqual([
      {type: 'VEHICLE_STATE', code: 'ASLEEP', state: 'RESOLVED', description: 'Over.', signals: []},
    ]);
  });

  it.each(allCases().filter(({webhook}) => webhook !== undefined))(
    'is read as the core reads it: $name',
    one => {
      const errors = read(one.webhook)?.errors ?? [];
      expect(errors.map(evidenceOf)).toEqual(readEvidence(one.webhook));
      expect(errors).toHaveLength(1);
    },
  );
});

describe('an event of payload 2.0', () => {
  it('has in `payload` what 4.0 has elsewhere', () => {
    const {data, eventId, vehicleId} = errorEvent();
    const payload = {eventId, vehicleId, deliveredAt: NOON, ...(data as object)};
    const older = {version: '2.0', webhookId: 'hook', eventName: 'vehicleError', mode: 'live', payload};
    const {raw: _older, ...found} = read(older) ?? {};
    const {raw: _newer, ...expected} = read(errorEvent()) ?? {};
    expect(found).toEqual(expected);
  });

  it.each([
    ['vehicleState', 'VEHICLE_STATE'],
    ['verify', 'VERIFY'],
    ['schedule', 'SCHEDULE'],
    ['eventBased', 'EVENT_BASED'],
  ])('called %s is a %s', (eventName, type) => {
    expect(read({version: '2.0', eventName})?.type).toBe(type);
  });
});

describe('a signal', () => {
  it('is ok with a body, failed with an error, unavailable with neither', () => {
    const failed = {value: 'ERROR', error: {type: 'PERMISSION', code: null}};
    expect(
      state(
        {code: 'odometer-traveleddistance', body: {value: 5}, meta: {retrievedAt: NOON}},
        {code: 'location-preciselocation', status: failed},
        {code: 'charge-voltage', status: {value: 'UNAVAILABLE'}},
        {code: 'charge-amperage', type: 'other', body: {value: 1}, meta: {fetchedAt: NOON / 1_000}},
        {body: {value: 1}},
      ),
    ).toEqual([
      {code: 'odometer-traveleddistance', state: 'ok', fetchedAt: NOON},
      {code: 'location-preciselocation', state: 'failed'},
      {code: 'charge-voltage', state: 'unavailable'},
      {code: 'charge-amperage', state: 'ok', fetchedAt: NOON},
      {state: 'ok'},
    ]);
  });

  it.each([5, null, 'odometer', []])('that is %j has no value', signal => {
    expect(state(signal)?.[0]?.state).not.toBe('ok');
  });
});

describe('whose and which', () => {
  it('stands outside or inside', () => {
    expect(read(errorEvent())).toMatchObject({vehicle: VEHICLE, smartcarUser: OWNER, make: 'TESLA'});
    expect(read(errorEvent({}, {vehicleId: undefined}))?.vehicle).toBe(VEHICLE);
  });

  it('may be missing', () => {
    const bare = {eventId: 'fallback', type: 'UNKNOWN', errors: [], signals: [], raw: {}};
    expect(read({})).toEqual(bare);
  });
});

it.each([null, undefined, 5, 'text', true, [], [{}]])('finds no event in %j', body => {
  expect(readDelivery(body, 'fallback')).toBeUndefined();
});

it('never throws, whatever JSON it is given', () => {
  const names = [
    'eventId',
    'eventType',
    'eventName',
    'vehicleId',
    'data',
    'payload',
    'meta',
    'mode',
    'errors',
  ];
  const more = ['signals', 'user', 'vehicle', 'deliveredAt', 'challenge', 'make', 'state', 'status', 'body'];
  const eventLike = fc.letrec(tie => ({
    node: fc.oneof(
      {maxDepth: 5},
      bodyLike,
      fc.jsonValue(),
      fc.array(tie('node'), {maxLength: 4}),
      fc.dictionary(fc.constantFrom(...names, ...more, '__proto__'), tie('node'), {maxKeys: 6}),
    ),
  })).node;
  const holds = fc.property(eventLike, found => {
    const body: unknown = JSON.parse(stringOf(found));
    const event = read(body);
    if (!event) return;
    expect(event.eventId.length).toBeGreaterThan(0);
    expect(Array.isArray(event.errors) && Array.isArray(event.signals)).toBe(true);
  });
  expect(counterexample(holds, 2_000)).toBeUndefined();
});

/** Junk that no JSON can hold becomes null. */
function stringOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return 'null';
  }
}
