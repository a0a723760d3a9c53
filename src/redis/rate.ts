import Bottleneck from 'bottleneck';
import type {SharedRate, Turns} from '../ports.ts';
import {duplicated, type RedisClient} from './client.ts';

/** The rate of the application that all processes draw on, in a Bottleneck limiter whose reservoir is in Redis. */
export interface RateTurns {
  /** One round trip where as many are left. */
  take(wanted: number): Promise<Turns>;
  giveBack(turns: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Bottleneck fills its reservoir in steps of its own rhythm, whenever the bucket was full: the first step after that would
 * come early. A call is many small units, so that it is early by one of them at most, and the bucket holds one less.
 */
const UNITS = 1_000;
/** No step is shorter. */
const SHORTEST_STEP_MS = 1;
const KEPT_MS = 30 * 86_400_000;

export function rateTurns(client: RedisClient, prefix: string, {bucket, perMinute}: SharedRate): RateTurns {
  const intervalMs = 60_000 / perMinute;
  const units = Math.max(1, Math.min(UNITS, Math.floor(intervalMs / SHORTEST_STEP_MS)));
  const stepMs = intervalMs / units;
  const most = bucket * units - (units > 1 ? 1 : 0);
  const redis = duplicated(client, {
    keyPrefix: `${client.options.keyPrefix ?? ''}${prefix}:`,
    refuses: true,
  });
  const connection = new Bottleneck.IORedisConnection({client: redis, Redis: redis.constructor} as never);
  connection.on('error', () => undefined);
  // The settings are part of the name: of two that share one, the first to come would decide.
  const limiter = new Bottleneck({
    id: `{${prefix}:application:${bucket}:${perMinute}}`,
    datastore: 'ioredis',
    connection,
    clearDatastore: false,
    timeout: KEPT_MS,
    reservoir: most,
    reservoirIncreaseAmount: 1,
    reservoirIncreaseInterval: stepMs,
    reservoirIncreaseMaximum: most,
  } as never);
  limiter.on('error', () => undefined);
  redis.connect().catch(() => undefined);

  /** Resolves with what is left. */
  const change = (by: number): Promise<number> =>
    limiter.incrementReservoir(by) as unknown as Promise<number>;

  return {
    async take(wanted) {
      const left = await change(-wanted * units);
      if (left >= 0) return {given: wanted, againInMs: 0};
      const lacking = Math.min(wanted, Math.ceil(-left / units));
      const now = await change(lacking * units);
      const missing = Math.min(units, Math.max(1, units - now));
      return {given: wanted - lacking, againInMs: (missing + 1) * stepMs};
    },
    async giveBack(turns) {
      await change(turns * units);
    },
    async close() {
      await connection.disconnect(false);
    },
  };
}
