import * as fc from 'fast-check';
import type {CallContext} from '../../../src/engine/call.ts';
import * as failures from './failures.ts';

export type Ending =
  | 'success'
  | 'carLimit'
  | 'applicationLimit'
  | 'upstream'
  | 'dropped'
  | 'unreachable'
  | 'unauthorized'
  | 'lostLogin'
  | 'noPermission'
  | 'stranger';

/** What one attempt meets: how long it is on the wire, and how it ends. */
export interface Scene {
  readonly tookMs: number;
  readonly ends: Ending;
  /** What a rate limit tells. */
  readonly seconds: number;
}

/** One caller of a run. */
export interface Caller {
  readonly startsAt: number;
  readonly abortsAfter: number | undefined;
  readonly context: CallContext & {
    readonly user: string;
    readonly vehicle: string;
    readonly maxWaitMs: number;
  };
  readonly scenes: readonly Scene[];
}

const ENDINGS: Readonly<Record<Ending, ((seconds: number) => Error) | undefined>> = {
  success: undefined,
  carLimit: (seconds: number) => failures.rateLimited('VEHICLE', seconds),
  applicationLimit: (seconds: number) => failures.rateLimited('SMARTCAR_API', seconds),
  upstream: failures.upstream,
  dropped: failures.dropped,
  unreachable: failures.unreachable,
  unauthorized: failures.unauthorized,
  lostLogin: failures.lostLogin,
  noPermission: failures.noPermission,
  stranger: () => new Error('a stranger'),
};

/** The error of a scene; `undefined` for a success. */
export function errorIn({ends, seconds}: Scene): Error | undefined {
  return ENDINGS[ends]?.(seconds);
}

/** Ends that leave open whether a command ran. */
export const POSSIBLE_EFFECT: ReadonlySet<Ending> = new Set(['upstream', 'dropped']);

const scene: fc.Arbitrary<Scene> = fc.record({
  tookMs: fc.constantFrom(0, 1, 150, 900, 7_000, 40_000),
  ends: fc.constantFrom(...(Object.keys(ENDINGS) as Ending[])),
  seconds: fc.constantFrom(0, 0.5, 1, 5, 30, 120),
});

export const caller: fc.Arbitrary<Caller> = fc.record({
  startsAt: fc.nat(20_000),
  abortsAfter: fc.option(fc.nat(40_000), {nil: undefined, freq: 3}),
  context: fc.record(
    {
      user: fc.constantFrom('ada', 'bob'),
      vehicle: fc.constantFrom('a', 'b'),
      maxWaitMs: fc.constantFrom(0, 1_000, 5_000, 30_000, 60_000, 3_600_000),
      operation: fc.constantFrom('odometer', 'location'),
      idempotent: fc.boolean(),
      priority: fc.integer({min: 0, max: 9}),
      deadlineMs: fc.constantFrom(1, 2_000, 20_000, 100_000),
      waitForReauthMs: fc.constantFrom(0, 10_000, 100_000),
    },
    {requiredKeys: ['user', 'vehicle', 'maxWaitMs', 'operation', 'idempotent', 'priority']},
  ),
  scenes: fc.array(scene, {maxLength: 6}),
});
