import type {Decision} from '../../../src/core/decide.ts';
import type {Call, DoorFacts} from '../../../src/engine/call.ts';
import type {Stop} from '../../../src/engine/ending.ts';
import type {Engine} from '../../../src/engine/engine.ts';
import {explain, type Explanation} from '../../../src/engine/explain.ts';
import type {Episode} from '../../../src/ports.ts';
import {fakeCall, type FakeEngine} from './engine.ts';

export const WHO: {readonly user: string; readonly vehicle: string; readonly operation: string} = {
  user: 'ada',
  vehicle: 'car',
  operation: 'odometer',
};
export const DECISION: Decision = {
  action: 'fail',
  reason: 'retries-spent',
  needs: 'support',
  failure: {type: 'UPSTREAM', code: 'NO_RESPONSE', status: 502, scope: 'vehicle', effect: 'none'},
};
export const EPISODE: Episode = {
  episode: 'e1',
  user: 'ada',
  vehicle: 'car',
  scope: 'vehicle',
  reason: 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED',
  connectUrl: 'https://connect.test/back',
  since: 1,
};

/** What the caller gets, and what explains it. */
export function ended(stop: Stop): {readonly error: unknown; readonly explanation: Explanation | undefined} {
  const {outcome} = stop;
  const error = outcome.threw ? outcome.error : outcome.value;
  return {error, explanation: explain(error)};
}

/** What was told of one kind. */
export const eventsOf = ({said}: FakeEngine, name: string): readonly unknown[] =>
  said.filter(([event]) => event === name).map(([, payload]) => payload);

/** A failed answer that tells whether its body was thrown away. */
export function bodyOf(): {readonly response: Response; readonly cancelled: () => boolean} {
  let gone = false;
  const body = new ReadableStream({cancel: () => void (gone = true)});
  return {response: new Response(body, {status: 502}), cancelled: () => gone};
}

/** A call that holds what its last attempt brought. */
export const holding = (engine: Engine, outcome: Call['held'], door: Partial<DoorFacts> = {}): Call =>
  fakeCall(engine, WHO, door, {attempts: 1, held: outcome});
