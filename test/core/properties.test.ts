import * as fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {retriesOf, type BackoffTable} from '../../src/core/backoff.ts';
import {decide, FRESH_CALL, type CallState} from '../../src/core/decide.ts';
import {requestFacts} from '../../src/core/endpoints.ts';
import {readEvidence} from '../../src/core/evidence/read.ts';
import type {Failure} from '../../src/core/failure.ts';
import {backoffTable, failure} from './support/arbitrary.ts';
import {NOW} from './support/call.ts';
import {counterexample} from './support/counterexample.ts';
import {live, type Blow, type Step} from './support/model.ts';

const retryAfter = fc.oneof(
  fc.constant({}),
  fc
    .constantFrom(
      '0',
      '2',
      '59.5',
      '120',
      '90000',
      'soon',
      String(NOW / 1_000 + 40),
      'Tue, 01 Sep 2026 12:03:00 GMT',
    )
    .map(value => ({'retry-after': value})),
);

const blow: fc.Arbitrary<Blow> = fc
  .record({
    subject: failure,
    headers: retryAfter,
    status: fc.constantFrom(400, 401, 403, 409, 429, 430, 500, 502, 504),
    dice: fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}),
  })
  .map(({subject, headers, status, dice}) => ({evidence: readEvidence(subject, {headers, status}), dice}));

const start: fc.Arbitrary<CallState> = fc
  .record(
    {
      command: fc.boolean(),
      idempotent: fc.boolean(),
      replayable: fc.boolean(),
      refreshable: fc.boolean(),
      waitedMs: fc.integer({min: 0, max: 100_000}),
      maxWaitMs: fc.oneof(fc.integer({min: 0, max: 4_000_000}), fc.constant(Infinity)),
      deadlineAt: fc.integer({min: NOW, max: NOW + 4_000_000}),
      vehicle: fc.constant('car-1'),
      request: fc.constantFrom(
        requestFacts('GET', '/v3/vehicles/car-1/signals'),
        requestFacts('POST', '/v2.0/vehicles/car-1/TESLA/charge'),
      ),
    },
    {requiredKeys: []},
  )
  .map(state => ({...FRESH_CALL, ...state}));

/** A call that is as free to go on as it can be: only failures and `backoff` can end it. */
const free: fc.Arbitrary<CallState> = fc.constant(FRESH_CALL);

const blows = fc.array(blow, {minLength: 1, maxLength: 8});

/** More retries than this, of all kinds together, no table allows; a built-in pace has three. */
function mostSteps(table: BackoffTable): number {
  const allowed = Object.values(table).map(one => (one === false ? 0 : Math.max(3, retriesOf(one))));
  return allowed.reduce((sum, one) => sum + one, 0) + 2;
}

/** A life of a call that breaks a law, or nothing. `states`: how such a call begins. */
function broken(
  law: (steps: readonly Step[], table: BackoffTable) => boolean,
  states: fc.Arbitrary<CallState> = fc.oneof(start, free),
): string | undefined {
  const property = fc.property(blows, states, backoffTable, (hits, state, table) =>
    law(live(hits, state, table, mostSteps(table) + 5), table),
  );
  return counterexample(property, 3_000);
}

const goesOn = ({decision}: Step): boolean => decision.action === 'retry' || decision.action === 'refresh';
const retries = ({decision}: Step): boolean => decision.action === 'retry';
const toldMs = ({failures}: Step): number => Math.max(0, ...failures.map(one => one.retryAfterMs ?? 0));
const isBilled = ({status, type}: Failure): boolean => status === 430 || type === 'BILLING';

describe('however its attempts fail', () => {
  it('every call ends', () => {
    const found = broken((steps, table) => steps.length <= mostSteps(table) && !goesOn(steps.at(-1)!));
    expect(found).toBeUndefined();
  });

  it('no call waits longer than it may', () => {
    const found = broken(steps =>
      steps
        .filter(retries)
        .every(
          ({state, decision}) =>
            state.waitedMs + decision.delayMs! <= (decision.maxWaitMs ?? state.maxWaitMs),
        ),
    );
    expect(found).toBeUndefined();
  });

  it('no call waits for a time at or after its deadline', () => {
    const found = broken(steps =>
      steps.filter(retries).every(({state, decision}) => decision.retryAt! < (state.deadlineAt ?? Infinity)),
    );
    expect(found).toBeUndefined();
  });

  it('no call refreshes its token twice', () => {
    const found = broken(steps => steps.filter(({decision}) => decision.action === 'refresh').length <= 1);
    expect(found).toBeUndefined();
  });

  it('no command is sent again when the car may already have obeyed', () => {
    const commands = start.map(state => ({...state, command: true, idempotent: false}));
    const found = broken(
      steps => steps.filter(goesOn).every(({failures}) => failures.every(one => one.effect === 'none')),
      commands,
    );
    expect(found).toBeUndefined();
  });

  it('no told time is undercut by a retry', () => {
    const found = broken(steps =>
      steps.filter(retries).every(step => step.decision.delayMs! >= toldMs(step)),
    );
    expect(found).toBeUndefined();
  });

  it('no told time is undercut by a gate, or by the time that a refused call names', () => {
    const found = broken(steps =>
      steps
        .filter(step => step.failures.length === 1)
        .every(step =>
          [step.decision.retryAt, step.decision.gate?.until].every(
            at => at === undefined || at >= step.now + toldMs(step),
          ),
        ),
    );
    expect(found).toBeUndefined();
  });

  it('nothing that is billed is repeated', () => {
    const found = broken(steps => !steps.filter(goesOn).some(({failures}) => failures.some(isBilled)));
    expect(found).toBeUndefined();
  });

  it('nothing is repeated on a resolution that is not known', () => {
    const found = broken(steps =>
      steps
        .filter(goesOn)
        .flatMap(step => step.failures)
        .every(({resolution}) => [null, 'RETRY_LATER'].includes(resolution?.type ?? null)),
    );
    expect(found).toBeUndefined();
  });

  it('no stream is sent twice', () => {
    const streams = start.map(state => ({...state, replayable: false}));
    expect(broken(steps => steps.length === 1, streams)).toBeUndefined();
  });

  it('whoever is asked to reconnect can be parked', () => {
    const found = broken(
      steps =>
        !steps.some(
          ({decision}) => decision.action === 'reauthenticate' && decision.failure.scope === 'application',
        ),
    );
    expect(found).toBeUndefined();
  });
});

describe('a decision', () => {
  const moment = {now: NOW, dice: 0.5};

  it('about a part of a larger answer parks nothing but that part', () => {
    const property = fc.property(blow, start, backoffTable, ({evidence}, state, table) => {
      const parts = evidence.map(one => Object.assign({}, one, {part: true}));
      const {action, failure: found} = decide(parts, state, table, moment);
      return action !== 'reauthenticate' || found.scope === 'call';
    });
    expect(counterexample(property, 2_000)).toBeUndefined();
  });

  it('depends on nothing but what it is given, and changes none of it', () => {
    const property = fc.property(blow, start, backoffTable, ({evidence}, state, table) => {
      // A write to what is frozen throws.
      const input = [frozen(evidence), frozen(state), frozen(table), frozen(moment)] as const;
      expect(decide(...input)).toEqual(decide(...input));
    });
    expect(counterexample(property, 1_000)).toBeUndefined();
  });
});

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
