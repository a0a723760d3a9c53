import {expect, test} from 'vitest';
import {DEFAULT_BACKOFF} from '../../src/core/backoff.ts';
import {classify} from '../../src/core/classify.ts';
import {decide, type Decision} from '../../src/core/decide.ts';
import {requestFacts} from '../../src/core/endpoints.ts';
import type {Evidence} from '../../src/core/evidence/evidence.ts';
import {readEvidence} from '../../src/core/evidence/read.ts';
import type {Failure} from '../../src/core/failure.ts';
import {REASONS} from '../../src/core/reasons.ts';
import {rule} from '../../src/core/rules.ts';
import {dice, FACTOR, SEED} from './support/factor.ts';
import {mutant, type Specimen} from './support/mutants.ts';

const BODIES = Math.min(100_000 * FACTOR, 1_000_000);
const NOW = Date.UTC(2026, 8, 1, 12);
const REQUESTS = [
  requestFacts('GET', '/v2.0/vehicles/car-1/odometer'),
  requestFacts('POST', '/v2.0/vehicles/car-1/security'),
  requestFacts('POST', '/v2.0/vehicles/car-1/batch'),
  requestFacts('GET', '/v3/vehicles/car-1/signals'),
];
const STATES = REQUESTS.map(request => ({
  command: request.command,
  idempotent: false,
  replayable: true,
  refreshable: true,
  retries: {},
  waitedMs: 0,
  maxWaitMs: 60_000,
  maxWaitIsOwn: false,
  vehicle: 'car-1',
  request,
}));

const ACTIONS = new Set(['retry', 'refresh', 'reauthenticate', 'fail']);
const NEEDS = new Set(['nobody', 'owner', 'developer', 'support', 'finance']);
const SCOPES = new Set(['call', 'permission', 'vehicle', 'user', 'application']);
const EFFECTS = new Set(['none', 'possible']);
const reasons = new Set(Object.keys(REASONS));

const tooLong = (text: unknown, most: number): boolean =>
  text !== undefined && (typeof text !== 'string' || text.length > most);
const noTime = (ms: number | undefined): boolean => ms !== undefined && !(Number.isFinite(ms) && ms >= 0);

/** What is wrong about a failure, by the documented bounds of its members. */
function* flawsOfFailure(failure: Failure): Generator<string> {
  if (tooLong(failure.type, 100)) yield 'type';
  if (tooLong(failure.code, 100)) yield 'code';
  if (tooLong(failure.requestId, 100)) yield 'requestId';
  if (tooLong(failure.description, 500)) yield 'description';
  if (tooLong(failure.suggestedUserMessage, 500)) yield 'suggestedUserMessage';
  if (tooLong(failure.resolution?.type ?? undefined, 100)) yield 'resolution.type';
  const url = failure.resolution?.url;
  if (tooLong(url, 2_000) || (url !== undefined && !/^https?:/i.test(url.trim()))) yield 'resolution.url';
  if ((failure.detail?.length ?? 0) > 20) yield 'detail';
  for (const {field, message} of failure.detail ?? [])
    if (tooLong(field, 100) || tooLong(message, 500)) yield 'an entry of detail';
  const {status} = failure;
  if (status !== undefined && !(Number.isInteger(status) && status >= 100 && status <= 599)) yield 'status';
  if (noTime(failure.retryAfterMs)) yield 'retryAfterMs';
  if (!SCOPES.has(failure.scope)) yield 'scope';
  if (!EFFECTS.has(failure.effect)) yield 'effect';
}

function* flawsOfDecision(decision: Decision, command: boolean): Generator<string> {
  const {action, reason, needs, delayMs, retryAt, gate, failure} = decision;
  if (!ACTIONS.has(action) || !reasons.has(reason) || !NEEDS.has(needs))
    yield `${action}, ${reason}, ${needs}`;
  if ((delayMs !== undefined) !== (action === 'retry')) yield 'a delay without a retry, or the other way';
  if ([delayMs, retryAt, gate?.until].some(noTime)) yield 'a time that is none';
  if ((retryAt ?? NOW) < NOW || (gate?.until ?? NOW) < NOW) yield 'a time that is past';
  if (retryAt !== undefined && retryAt < NOW + (failure.retryAfterMs ?? 0)) yield 'earlier than was told';
  if (command && failure.effect === 'possible' && (action === 'retry' || action === 'refresh'))
    yield 'a command goes again after a possible effect';
  yield* flawsOfFailure(failure);
}

function* flawsOf(
  {subject, context}: Specimen,
  state: (typeof STATES)[number],
  roll: number,
): Generator<string> {
  const evidence: readonly Evidence[] = readEvidence(subject, context);
  if (evidence.length > 100) yield `${evidence.length} entries`;
  for (const entry of evidence) {
    const classified = classify(entry, state, NOW);
    rule(classified, state);
    yield* flawsOfFailure(classified.failure);
  }
  yield* flawsOfDecision(decide(evidence, state, DEFAULT_BACKOFF, {now: NOW, dice: roll}), state.command);
}

test(`${BODIES} bodies that nobody has sent yet: each gets a valid decision, within the documented bounds`, () => {
  const chance = dice(SEED);
  const began = performance.now();
  let slowest = 0;
  let count = 0;
  for (; count < BODIES; count++) {
    const specimen = mutant(chance);
    const from = performance.now();
    try {
      const flaw = flawsOf(specimen, chance.of(STATES), chance()).next().value;
      if (flaw !== undefined) throw new Error(String(flaw));
    } catch (cause) {
      throw new Error(`Body ${count} of SMARTCAR_POLICY_SEED=${SEED}: ${String(cause)}`, {cause});
    }
    slowest = Math.max(slowest, performance.now() - from);
  }
  expect(count).toBe(BODIES);
  const us = ((performance.now() - began) * 1_000) / BODIES;
  if (FACTOR > 1) console.log(`${BODIES} bodies, ${us.toFixed(1)} µs each; slowest ${slowest.toFixed(1)} ms`);
}, 240_000);
