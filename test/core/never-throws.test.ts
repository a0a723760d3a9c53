import * as fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {DEFAULT_BACKOFF} from '../../src/core/backoff.ts';
import {classify} from '../../src/core/classify.ts';
import {decide, type Decision} from '../../src/core/decide.ts';
import {endpointNamed, requestFacts} from '../../src/core/endpoints.ts';
import type {Api, Evidence, ReadContext} from '../../src/core/evidence/evidence.ts';
import {readEvidence} from '../../src/core/evidence/read.ts';
import {REASONS} from '../../src/core/reasons.ts';
import {rule} from '../../src/core/rules.ts';
import {bodyLike} from './support/arbitrary.ts';
import {call, NOW, STILL} from './support/call.ts';
import {counterexample} from './support/counterexample.ts';
import {HOSTILE} from './support/hostile.ts';
import {DOCUMENTED} from './support/table.ts';

const APIS = [...new Set(DOCUMENTED.map(row => row.api))];
const api: fc.Arbitrary<Api> = fc.constantFrom(...APIS);
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
});

const context: fc.Arbitrary<ReadContext> = fc.record(
  {status: fc.integer({min: 100, max: 599}), headers: fc.oneof(anything, bodyLike), api},
  {requiredKeys: []},
);

function checkEvidence(evidence: readonly Evidence[]): void {
  expect(evidence.length).toBeLessThanOrEqual(100);
  for (const one of evidence) {
    expect(APIS).toContain(one.api);
    expect(one.status === undefined || (one.status >= 100 && one.status <= 599)).toBe(true);
    for (const words of [one.type, one.code, one.requestId, one.description, one.suggestedUserMessage]) {
      expect(words === undefined || (typeof words === 'string' && words.length <= 500)).toBe(true);
    }
    const type = one.resolution?.type ?? null;
    expect(type === null || (typeof type === 'string' && type.length <= 100)).toBe(true);
  }
}

function checkDecision(decision: Decision): void {
  expect(REASONS).toHaveProperty(decision.reason);
  expect(['retry', 'refresh', 'reauthenticate', 'fail']).toContain(decision.action);
  expect(decision.delayMs !== undefined).toBe(decision.action === 'retry');
  for (const ms of [decision.delayMs, decision.retryAt, decision.gate?.until]) {
    expect(ms === undefined || (Number.isFinite(ms) && ms >= 0)).toBe(true);
  }
}

function checkAll(subject: unknown, by: ReadContext): void {
  const evidence = readEvidence(subject, by);
  checkEvidence(evidence);
  for (const entry of evidence) rule(classify(entry, {}, NOW), {});
  checkDecision(decide(evidence, call(), DEFAULT_BACKOFF, STILL));
}

describe('reading, classifying and deciding never throw', () => {
  it('whatever is given', () => {
    expect(counterexample(fc.property(anything, context, checkAll), 2_000)).toBeUndefined();
  });

  it('whatever stands in the members of a body', () => {
    expect(counterexample(fc.property(bodyLike, context, checkAll), 5_000)).toBeUndefined();
  });

  it('whatever stands in the members of an error', () => {
    const error = bodyLike.map(members => Object.assign(new Error('words'), members));
    expect(counterexample(fc.property(error, context, checkAll), 3_000)).toBeUndefined();
  });

  it.each(Object.keys(HOSTILE))('although a stranger built %s to break them', name => {
    const hostile = HOSTILE[name]!();
    const inside = {type: 'UPSTREAM', headers: hostile, resolution: hostile, retryAfter: hostile};
    const carried = Object.assign(new Error('x'), {response: {status: 502, data: hostile, headers: hostile}});
    const contexts: readonly ReadContext[] = [{}, {status: 502}, {api: '3'}, {status: 429, headers: hostile}];
    expect(() => {
      for (const by of contexts) for (const subject of [hostile, inside, carried]) checkAll(subject, by);
    }).not.toThrow();
  });

  it.each(['a revoked proxy', 'an error that throws on every read', 'a proxy that throws on everything'])(
    'and %s still tells its status, where the caller knows it',
    name => {
      expect(readEvidence(HOSTILE[name]!(), {status: 502})).toEqual([{api: 'any', status: 502}]);
      expect(readEvidence(HOSTILE[name]!())).toEqual([]);
    },
  );

  it('whatever text a body is', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      bodyLike.map(body => safeJson(body)),
    );
    expect(counterexample(fc.property(text, context, checkAll), 2_000)).toBeUndefined();
  });

  it('whatever the evidence says', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'PERMISSION', '*', ''));
    const evidence: fc.Arbitrary<Evidence> = fc.record(
      {
        api,
        part: fc.boolean(),
        status: fc.integer({min: 100, max: 599}),
        type: word,
        code: word,
        resolution: fc.record({type: fc.option(word)}),
        retryAfter: fc.oneof(anything, fc.nat()),
        description: fc.string(),
      },
      {requiredKeys: ['api']},
    );
    const property = fc.property(fc.array(evidence, {maxLength: 5}), entries => {
      checkDecision(decide(entries, call(), DEFAULT_BACKOFF, STILL));
    });
    expect(counterexample(property, 5_000)).toBeUndefined();
  });

  it('whatever the request was', () => {
    const property = fc.property(fc.string(), fc.oneof(fc.string(), fc.webPath()), (method, path) => {
      const facts = requestFacts(method, `/v3/vehicles${path}`);
      endpointNamed(facts.operation);
      endpointNamed(path);
    });
    expect(counterexample(property, 500)).toBeUndefined();
  });
});

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
