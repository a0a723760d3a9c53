import * as fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {putTogether, takeApart, type FoundPart} from '../../src/core/parts.ts';
import {bodyLike} from './support/arbitrary.ts';
import {counterexample} from './support/counterexample.ts';
import {HOSTILE} from './support/hostile.ts';

const batch = (...responses: unknown[]): readonly FoundPart[] | undefined => takeApart('batch', {responses});
const signals = (...data: unknown[]): readonly FoundPart[] | undefined => takeApart('signals', {data});

const signal = (code: string, status: unknown, body: unknown = null): object => ({
  id: code,
  type: 'signal',
  attributes: {code, status, body},
});
const UPSTREAM = {type: 'UPSTREAM', code: 'NO_RESPONSE', resolution: {type: 'RETRY_LATER'}};

describe('a batch item', () => {
  it.each([
    ['of 200 with a value', {path: '/vin', code: 200, body: 'V'}, {state: 'ok', body: 'V', evidence: []}],
    ['of 200 as a text', {path: '/vin', code: '200', body: {}}, {state: 'ok', status: 200}],
    ['of 207', {path: '/vin', code: 207, body: [1]}, {state: 'ok', status: 207, body: [1]}],
    ['of 204 without a body', {path: '/vin', code: 204}, {state: 'ok', body: undefined}],
    ['of 101', {path: '/vin', code: 101, body: {}}, {state: 'failed', status: 101, evidence: []}],
    ['of 300', {path: '/vin', code: 300, body: {}}, {state: 'failed', status: 300, evidence: []}],
    ['of 502', {path: '/vin', code: 502, body: UPSTREAM}, {state: 'failed', status: 502}],
    ['of 502 as a text', {path: '/vin', code: '502', body: UPSTREAM}, {state: 'failed', status: 502}],
    ['of 500 without a body', {path: '/vin', code: 500}, {state: 'failed', status: 500}],
    ['of 304', {path: '/vin', code: 304}, {state: 'failed', status: 304, evidence: []}],
    ['without a code', {path: '/vin', body: {}}, {state: 'failed', evidence: []}],
    ['with a code that is none', {path: '/vin', code: 9e9}, {state: 'failed', evidence: []}],
  ])('%s is read', (_, item, expected) => {
    expect(batch(item)).toEqual([
      expect.objectContaining({name: '/vin', named: true, raw: item, ...expected}),
    ]);
  });

  it('without a code has no status', () => {
    expect(batch({path: '/vin'})?.[0]).not.toHaveProperty('status');
  });

  it('that failed says what it says alone, with its own headers', () => {
    const item = {path: '/fuel', code: '429', body: UPSTREAM, headers: {'RETRY-AFTER': 7}};
    expect(batch({path: '/vin', code: 500}, item)?.[1]?.evidence).toEqual([
      expect.objectContaining({part: true, status: 429, code: 'NO_RESPONSE', retryAfter: 7}),
    ]);
  });

  it.each([[null], ['x'], [7], [{code: 200}], [{path: '', code: 200}], [{path: 3, code: 502}]])(
    'of a strange form, %j, is a part by its place',
    item => {
      expect(batch({path: '/vin', code: 200}, item)?.[1]).toMatchObject({name: 'responses[1]', named: false});
    },
  );
});

describe('a signal', () => {
  it.each([
    ['with a value', {value: 'SUCCESS'}, {value: 3}, {state: 'ok', body: {value: 3}}],
    ['of a new word with a value', {value: 'STALE'}, {value: 3}, {state: 'ok'}],
    ['of a new word without a value', {value: 'STALE'}, null, {state: 'unavailable'}],
    ['without a status but with a value', undefined, {value: 3}, {state: 'ok'}],
    ['without data', {value: 'UNAVAILABLE'}, null, {state: 'unavailable', evidence: []}],
    ['without data in spite of a body', {value: 'UNAVAILABLE'}, {value: 3}, {state: 'unavailable'}],
    ['that does not say why it failed', {value: 'ERROR'}, null, {state: 'failed'}],
    ['whose status is a bare word', 'ERROR', null, {state: 'failed', evidence: []}],
  ])('%s is read', (_, status, body, expected) => {
    expect(signals(signal('a-b', status, body))).toEqual([
      expect.objectContaining({name: 'a-b', ...expected}),
    ]);
  });

  it('that failed says what it says alone, and has no status', () => {
    const [good, bad] = signals(
      signal('a', {value: 'SUCCESS'}, 1),
      signal('b', {value: 'ERROR', error: UPSTREAM}),
    )!;
    expect(good?.evidence).toEqual([]);
    expect(bad?.evidence).toEqual([expect.objectContaining({api: '3-signal', code: 'NO_RESPONSE'})]);
    expect(bad).not.toHaveProperty('status');
  });

  it('is named by its id where it has no code, else by its place', () => {
    const bare = {type: 'signal', attributes: {body: 1}};
    expect(signals({...bare, id: 'x'}, bare, null)?.map(one => [one.name, one.named])).toEqual([
      ['x', true],
      ['data[1]', false],
      ['data[2]', false],
    ]);
  });

  it('without a body has no data', () => {
    expect(signals({attributes: {code: 'a', status: {value: 'SUCCESS'}}})).toMatchObject([
      {state: 'unavailable'},
    ]);
  });

  it('of an answer of its own is the only part', () => {
    expect(takeApart('signals', {data: {attributes: {code: 'b', body: 1}}})).toMatchObject([{name: 'b'}]);
    expect(takeApart('signals', {data: signal('a', {value: 'SUCCESS'}, 1)})).toMatchObject([{name: 'a'}]);
  });
});

describe('a body', () => {
  it('with an empty list has no parts', () => {
    expect(batch()).toEqual([]);
    expect(signals()).toEqual([]);
  });

  it('of more parts than errors are ever read from keeps them all, in order', () => {
    const items = Array.from({length: 300}, (_, index) => ({path: `/${index}`, code: 200}));
    expect(batch(...items)?.map(one => one.name)).toEqual(items.map(item => item.path));
  });

  it('of more parts than any answer of Smartcar is not taken apart', () => {
    const items = Array.from({length: 10_001}, () => ({}));
    expect(batch(...items.slice(1))).toHaveLength(10_000);
    expect(batch(...items)).toBeUndefined();
  });

  it.each<[kind: 'batch' | 'signals', body: unknown]>([
    ['batch', {}],
    ['batch', null],
    ['batch', []],
    ['batch', 'x'],
    ['batch', {responses: {}}],
    ['batch', {data: []}],
    ['signals', {responses: []}],
    ['signals', {data: null}],
    ['signals', {data: 'x'}],
    ['signals', {data: {}}],
    ['signals', {data: {id: 'v', type: 'vehicle', attributes: {}}}],
    ['signals', {data: [{id: 'c', type: 'connection', attributes: {}}]}],
    ['signals', {errors: [UPSTREAM]}],
  ])('that is no answer of %s is not taken apart: %j', (kind, body) => {
    expect(takeApart(kind, body)).toBeUndefined();
  });

  it('is put together around other parts', () => {
    expect(putTogether('batch', {responses: [1], more: 2}, [3])).toEqual({responses: [3], more: 2});
    expect(putTogether('signals', {data: [1], meta: 2}, [3])).toEqual({data: [3], meta: 2});
    expect(putTogether('signals', {data: {id: 1}, meta: 2}, [3])).toEqual({data: 3, meta: 2});
  });

  it.each(['batch', 'signals'] as const)('never throws as %s, and loses no part', kind => {
    const list = kind === 'batch' ? 'responses' : 'data';
    const check = (entries: readonly unknown[]): void => {
      const found = takeApart(kind, {[list]: entries});
      expect(found === undefined ? undefined : found.map(one => one.raw)).toEqual(
        found === undefined ? undefined : entries,
      );
    };
    expect(
      counterexample(
        fc.property(bodyLike, body => void takeApart(kind, body)),
        2_000,
      ),
    ).toBeUndefined();
    expect(counterexample(fc.property(fc.array(bodyLike), check), 1_000)).toBeUndefined();
  });

  it.each(Object.keys(HOSTILE))('never throws although a stranger built %s', name => {
    for (const kind of ['batch', 'signals'] as const) {
      const hostile = HOSTILE[name]!();
      for (const body of [
        hostile,
        {responses: hostile, data: hostile},
        {responses: [hostile], data: [hostile]},
      ])
        expect(() => takeApart(kind, body)).not.toThrow();
    }
  });
});
