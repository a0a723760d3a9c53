import {describe, expect, it} from 'vitest';
import {readEvidence} from '../../src/core/evidence/read.ts';
import {v2} from './support/call.ts';
import {only} from './support/only.ts';

describe('a batch', () => {
  const asleep = {type: 'VEHICLE_STATE', code: 'ASLEEP', resolution: {type: null}};

  it('is read by the items that failed', () => {
    const responses = [
      {path: '/odometer', code: 200, body: {distance: 1}, headers: {'sc-data-age': 'x'}},
      {path: '/fuel', code: 409, body: asleep, headers: {'Retry-After': 60, 'SC-Request-Id': 'req-5'}},
      {path: '/lock', code: 403, body: v2('PERMISSION', null, 403)},
      {path: '/tires', code: 502, body: '<html>'},
      {path: '/engine', code: 204},
    ];
    expect(readEvidence({responses}, {status: 200})).toEqual([
      {
        api: '2.0',
        part: true,
        type: 'VEHICLE_STATE',
        code: 'ASLEEP',
        status: 409,
        resolution: {type: null},
        retryAfter: 60,
        requestId: 'req-5',
      },
      expect.objectContaining({api: '2.0', part: true, type: 'PERMISSION', status: 403}),
      {api: 'any', part: true, status: 502},
    ]);
  });

  it('item is read on its own, with its own status and not the outer one', () => {
    expect(only({path: '/fuel', code: 409, body: asleep}, {status: 200})).toMatchObject({
      part: true,
      status: 409,
    });
  });

  it('item whose body is text is read as text', () => {
    const item = {path: '/fuel', code: 409, body: JSON.stringify(asleep)};
    expect(only(item)).toMatchObject({part: true, type: 'VEHICLE_STATE', code: 'ASLEEP', status: 409});
  });

  it('without failures is no failure', () => {
    expect(readEvidence({responses: [{path: '/odometer', code: 200, body: {}}]})).toEqual([]);
  });

  it('whose items are batches in turn does not multiply', () => {
    let body: object = asleep;
    for (let depth = 0; depth < 6; depth++) {
      body = {responses: Array.from({length: 100}, () => ({path: '/batch', code: 409, body}))};
    }
    expect(readEvidence(body).length).toBeLessThanOrEqual(100);
  });
});

const signal = (value: string, error?: object): object => ({
  id: 'charge-voltage',
  type: 'signal',
  attributes: {code: 'charge-voltage', status: {value, ...(error && {error})}},
});

describe('a list of signals', () => {
  const permission = {
    type: 'PERMISSION',
    code: null,
    message: 'no scope',
    resolution: {type: 'REAUTHENTICATE'},
  };
  const expected = {
    api: '3-signal',
    part: true,
    type: 'PERMISSION',
    status: 200,
    resolution: {type: 'REAUTHENTICATE'},
    description: 'no scope',
  };

  it('is read by the signals that failed', () => {
    const data = [signal('SUCCESS'), signal('ERROR', permission), signal('UNAVAILABLE')];
    expect(readEvidence({data, meta: {}}, {status: 200})).toEqual([expected]);
  });

  it.each([
    ['in its envelope', {data: signal('ERROR', permission)}],
    ['as a resource', signal('ERROR', permission)],
    ['as attributes', {status: {value: 'ERROR', error: permission}}],
  ])('signal is read on its own %s', (_, subject) => {
    expect(readEvidence(subject)).toEqual([expected]);
  });

  it('counts as failed where it does not say why', () => {
    expect(only({data: [signal('ERROR')]})).toEqual({api: '3-signal', part: true, status: 200});
  });

  it.each([{data: []}, {data: {}}, {data: null}, {data: [signal('SUCCESS')]}])(
    'without failures is no failure',
    body => {
      expect(readEvidence(body)).toEqual([]);
    },
  );
});

describe('a webhook', () => {
  const entry = {type: 'VEHICLE_STATE', code: 'UNREACHABLE', resolution: {type: 'RETRY_LATER'}};

  it('is read by the errors that it opens, not by those that it resolves', () => {
    const errors = [
      {...entry, state: 'RESOLVED'},
      {...entry, state: 'ERROR', signals: ['a']},
    ];
    const event = {eventType: 'VEHICLE_ERROR', data: {user: {id: 'u'}, vehicle: {id: 'v'}, errors}};
    expect(readEvidence(event)).toEqual([{api: 'webhook-4.0', ...entry}]);
  });

  it('whose error has no state has an open error', () => {
    expect(only({data: {errors: [entry]}})).toMatchObject({api: 'webhook-4.0', code: 'UNREACHABLE'});
  });

  it.each([
    ['in a list', {errors: [{...entry, state: 'RESOLVED'}]}],
    ['on its own', {...entry, state: 'RESOLVED'}],
  ])('error that is resolved is no failure %s', (_, subject) => {
    expect(readEvidence(subject)).toEqual([]);
  });

  it('error is read on its own', () => {
    expect(only({...entry, state: 'ERROR'}).api).toBe('webhook-4.0');
  });
});
