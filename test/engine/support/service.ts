import type {PolicyOptions} from '../../../src/options.ts';
import type {Clock} from '../../../src/ports.ts';
import type {ManualClock} from '../../../src/testing/manual-clock.ts';
import {bench, eventually, type Bench} from './bench.ts';
import {rateLimited, sdkError} from './failures.ts';

const realTimers = (): number =>
  process.getActiveResourcesInfo().filter(resource => resource === 'Timeout').length;

/**
 * The manual clock tells the zero timers of a waiting room by their number. Where many wait, it has to be made while nobody
 * else has a timer: Vitest has one in the first tenth of a second of each test.
 */
export async function quiet(): Promise<void> {
  let turns = 0;
  await eventually(() => realTimers() === 0 || ++turns > 500);
}

/** A bench where many wait, for as long as it takes. */
export async function crowdBench(options: PolicyOptions = {}): Promise<Bench> {
  await quiet();
  return bench({maxWaitMs: Infinity, ...options});
}

/** A read that takes no time and remembers when it was sent, in milliseconds since the watch began. */
export interface Watch {
  readonly send: () => Promise<number>;
  readonly sentAt: number[];
}

export function watch(clock: Pick<ManualClock, 'now'>): Watch {
  const sentAt: number[] = [];
  const began = clock.now();
  return {sentAt, send: async () => sentAt.push(clock.now() - began)};
}

/** Does it again and again until so much time has passed. */
export async function saturating(
  clock: Pick<ManualClock, 'now'>,
  untilMs: number,
  call: () => Promise<unknown>,
): Promise<void> {
  const end = clock.now() + untilMs;
  while (clock.now() < end) await call();
}

/** A clock whose sleeps come back late: never before `wakesAt` of the time, in milliseconds since it was made, that was meant. */
export function lateClock(clock: ManualClock, wakesAt: (dueMs: number) => number): Clock {
  const began = clock.monotonic();
  const late = (ms: number): number => {
    const now = clock.monotonic() - began;
    return Math.max(ms, wakesAt(now + ms) - now);
  };
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(late(ms), signal),
    timer: (ms, callback) => clock.timer(late(ms), callback),
    hold: () => clock.hold(),
  };
}

/** A server with one bucket for the application. */
export interface Service {
  readonly send: () => Promise<string>;
  /** Milliseconds since the start at which calls were sent. */
  readonly sentAt: number[];
  readonly limited: number;
  readonly served: number;
  /** How many were sent before the time that had been told by then. */
  readonly early: number;
}

export interface ServiceOptions {
  readonly bucket: number;
  readonly perMinute: number;
  /** Whether its 429 says how long to wait. */
  readonly tells: boolean;
  readonly tookMs: number;
}

export function service(clock: ManualClock, {bucket, perMinute, tells, tookMs}: ServiceOptions): Service {
  const everyMs = 60_000 / perMinute;
  const began = clock.now();
  const sentAt: number[] = [];
  let fullAt = -Infinity;
  let told = -Infinity;
  const count = {limited: 0, served: 0, early: 0};
  return {
    sentAt,
    get limited() {
      return count.limited;
    },
    get served() {
      return count.served;
    },
    get early() {
      return count.early;
    },
    async send() {
      sentAt.push(clock.now() - began);
      if (clock.now() < told) count.early += 1;
      if (tookMs > 0) await clock.sleep(tookMs);
      const now = clock.now();
      const restMs = fullAt - (bucket - 1) * everyMs - now;
      if (restMs <= 0) {
        fullAt = Math.max(fullAt, now) + everyMs;
        count.served += 1;
        return 'a reading';
      }
      count.limited += 1;
      if (!tells) throw sdkError(429, 'RATE_LIMIT', 'SMARTCAR_API', {resolution: {type: 'RETRY_LATER'}});
      const seconds = Math.ceil(restMs / 1_000);
      told = Math.max(told, now + seconds * 1_000);
      throw rateLimited('SMARTCAR_API', seconds);
    },
  };
}
