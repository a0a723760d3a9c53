import Bottleneck from 'bottleneck';
import type {SharedRate, Turns} from '../ports.ts';
import {addressOf, duplicated, idle, type RedisClient} from './client.ts';
import {warnOfRefusal} from './problems.ts';

/** The rate of the application that all processes draw on, in a Bottleneck limiter whose reservoir is in Redis. */
export interface RateTurns {
  /** One round trip where as many are left. */
  take(wanted: number): Promise<Turns>;
  giveBack(turns: number): Promise<void>;
  close(): Promise<void>;
}

/** What a reservoir gets with each step. */
const AMOUNT = 1_000;
/** So many steps bring one call, where they are not shorter than a millisecond. */
const STEPS = 1_000;
/** Networks deliver the first late and the next early: a bucket that is emptied to the last drop would be refused. */
const MARGIN_MS = 200;
const SMALLEST_MARGIN = 0.02;
const KEPT_MS = 30 * 86_400_000;

/**
 * Bottleneck fills a reservoir in steps of whole milliseconds, in a rhythm of its own: the first step after the bucket was
 * full may come at once. So a call is many small units, and a full bucket lacks what a moment brings, a step at least. One
 * that holds a single call cannot lack any: there each call costs that much more.
 */
function reservoirOf({bucket, perMinute}: SharedRate): {
  readonly stepMs: number;
  readonly units: number;
  readonly most: number;
} {
  const intervalMs = 60_000 / perMinute;
  const stepMs = Math.max(1, Math.floor(intervalMs / STEPS));
  const exact = Math.ceil((AMOUNT * intervalMs) / stepMs);
  const unitsIn = (ms: number): number => AMOUNT * Math.ceil(Math.max(ms, stepMs) / stepMs);
  if (bucket === 1) {
    const units = exact + unitsIn(Math.min(MARGIN_MS, intervalMs * SMALLEST_MARGIN));
    return {stepMs, units, most: units};
  }
  const lacking = Math.min(unitsIn(MARGIN_MS), Math.floor((bucket * exact) / 2));
  return {stepMs, units: exact, most: bucket * exact - lacking};
}

/** A limiter with its connections. */
interface Started {
  readonly limiter: Bottleneck;
  readonly end: () => Promise<void>;
}

/** Bottleneck's own way back from a server that lost its data, or forgot this client, looks for what Redis said before 7. */
const LOST = /SETTINGS_KEY_NOT_FOUND|UNKNOWN_CLIENT/;

export function rateTurns(client: RedisClient, prefix: string, rate: SharedRate): RateTurns {
  const {stepMs, units, most} = reservoirOf(rate);
  let closed = false;

  function start(): Started {
    const redis = duplicated(client, {
      keyPrefix: `${client.options.keyPrefix ?? ''}${prefix}:`,
      refuses: true,
    });
    const connection = new Bottleneck.IORedisConnection({client: redis, Redis: redis.constructor});
    connection.on('error', () => undefined);
    // A copy of the other, which connects no sooner than it is told to.
    const {subscriber} = connection as unknown as {readonly subscriber: RedisClient};
    subscriber.on('error', () => undefined);
    idle(subscriber);
    for (const one of [redis, subscriber]) one.connect().catch(() => undefined);
    const limiter = new Bottleneck({
      // The settings are part of the name: of two that share one, the first to come would decide.
      id: `{${prefix}:application:${rate.bucket}:${rate.perMinute}}`,
      datastore: 'ioredis',
      connection,
      clearDatastore: false,
      timeout: KEPT_MS,
      reservoir: most,
      reservoirIncreaseAmount: AMOUNT,
      reservoirIncreaseInterval: stepMs,
      reservoirIncreaseMaximum: most,
    });
    limiter.on('error', () => undefined);
    // Whoever takes a turn hears of it.
    limiter.ready().catch(() => undefined);
    return {
      limiter,
      // Not the limiter's own end, which unsubscribes first and lets nobody hear that it could not.
      end: () => connection.disconnect(false),
    };
  }

  let started: Started | undefined = start();

  /** One that could not start, or whose settings are gone, makes room for another. */
  function drop(one: Started): void {
    if (started === one) started = undefined;
    one.end().catch(() => undefined);
  }

  /** Resolves with what is left. */
  async function change(by: number, tries: number = 2): Promise<number> {
    if (closed) throw new Error('closed');
    const one = (started ??= start());
    try {
      await one.limiter.ready();
      return await one.limiter.incrementReservoir(by);
    } catch (error) {
      const lost = error instanceof Error && LOST.test(error.message);
      warnOfRefusal(addressOf(client), 'each process has a rate of its own', error);
      drop(one);
      if (lost && tries > 1) return change(by, tries - 1);
      throw error;
    }
  }

  return {
    async take(wanted) {
      const left = await change(-wanted * units);
      if (left >= 0) return {given: wanted, againInMs: 0};
      const lacking = Math.min(wanted, Math.ceil(-left / units));
      const now = await change(lacking * units);
      const steps = Math.ceil(Math.min(units, Math.max(1, units - now)) / AMOUNT);
      return {given: wanted - lacking, againInMs: (steps + 1) * stepMs, certain: true};
    },
    async giveBack(turns) {
      await change(turns * units);
    },
    async close() {
      closed = true;
      if (started) drop(started);
    },
  };
}
