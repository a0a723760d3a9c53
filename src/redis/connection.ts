import {setTimeout as sleep} from 'node:timers/promises';
import {PolicyError} from '../core/policy-error.ts';
import {addressOf, duplicated, type RedisClient} from './client.ts';
import {away, passes, permanent} from './problems.ts';
import type {Script} from './scripts/script.ts';

/** Commands to Redis, each with an answer in good time or a clear error. */
export interface Connection {
  readonly up: boolean;
  /**
   * Runs a script, again where that can mend it.
   * @throws `PolicyError`: `PAUSED` where Redis cannot be reached in time, `CONFIGURATION` where it refuses for good,
   * `CLOSED`.
   */
  readonly run: (
    script: Script,
    keys: readonly string[],
    args: readonly Arg[],
    patienceMs?: number,
  ) => Promise<unknown>;
  /** The same for a plain read. */
  readonly read: <T>(command: (redis: RedisClient) => Promise<T>, patienceMs?: number) => Promise<T>;
  close(): Promise<void>;
}

type Arg = string | number;

/** The oldest that has what the scripts need. */
const OLDEST = [6, 2] as const;
const PAUSE_MS = 50;
const CHANGES = ['ready', 'error', 'close'] as const;

/** Opens with the first command. */
export function connect(client: RedisClient, timeoutMs: number): Connection {
  const redis = duplicated(client, {refuses: true});
  const address = addressOf(client);
  const defined = new Set<string>();
  let closed = false;
  let lastError: Error | undefined;
  let tooOld: PolicyError | undefined;
  let checked = false;
  let checking: Promise<void> | undefined;
  redis.on('error', (error: Error) => (lastError = error));
  redis.on('close', () => (checked = false));
  // Nobody may ask for a long time, and yet has to know whether it could.
  redis.on('ready', () => void checkOnce().catch(keepError));
  const waiting = new Set<() => void>();
  for (const event of CHANGES) redis.on(event, () => waiting.forEach(over => over()));

  const isUp = (): boolean => redis.status === 'ready' && checked;

  function dial(): void {
    if (redis.status === 'wait') redis.connect().catch((error: Error) => (lastError = error));
  }

  const checkOnce = (): Promise<void> => (checking ??= check().finally(() => (checking = undefined)));

  async function check(): Promise<void> {
    const version = /redis_version:(\d+)\.(\d+)\S*/.exec(await redis.info('server'));
    tooOld =
      version && isOlder(Number(version[1]), Number(version[2])) ? old(address, version[0]) : undefined;
    checked = true;
    lastError = undefined;
  }

  /** Waits until it answers. What cannot get better by waiting ends the wait. */
  async function ready(end: number): Promise<void> {
    dial();
    for (;;) {
      if (closed) throw gone();
      if (redis.status === 'ready' && !checked) await within(checkOnce(), end).catch(keepError);
      if (tooOld) throw tooOld;
      if (isUp()) return;
      const final = lastError && permanent(address, lastError);
      if (final) throw final;
      if (performance.now() >= end) throw away(address, lastError, timeoutMs);
      await changed(end);
    }
  }

  /** Until the connection is another than it was, or for a moment. */
  function changed(end: number): Promise<void> {
    return new Promise(resolve => {
      const over = (): void => {
        clearTimeout(timer);
        waiting.delete(over);
        resolve();
      };
      const timer = setTimeout(over, Math.min(PAUSE_MS, Math.max(1, end - performance.now())));
      waiting.add(over);
    });
  }

  function keepError(error: unknown): void {
    lastError = error instanceof Error ? error : new Error(String(error));
  }

  /** A command that gets no answer at all stands in a connection that may be dead: the next one gets a new one. */
  async function within<T>(promise: Promise<T>, end: number): Promise<T> {
    const ending = new AbortController();
    const patienceMs = Math.max(0, end - performance.now());
    const late = sleep(patienceMs, undefined, {signal: ending.signal}).then(() => {
      if (patienceMs >= timeoutMs / 2) redis.disconnect(true);
      throw new Error('no answer');
    });
    promise.catch(() => undefined);
    late.catch(() => undefined);
    try {
      return await Promise.race([promise, late]);
    } finally {
      ending.abort();
    }
  }

  async function patiently<T>(
    command: () => Promise<T>,
    repeatable: boolean,
    patienceMs: number,
  ): Promise<T> {
    const end = performance.now() + patienceMs;
    for (;;) {
      await ready(end);
      try {
        return await within(command(), end);
      } catch (error) {
        keepError(error);
        if (closed) throw gone();
        const {again, reconnect} = passes(error as Error);
        if (reconnect) redis.disconnect(true);
        if (!again && !repeatable) throw away(address, lastError, timeoutMs);
        if (!again && (error as Error).name === 'ReplyError')
          throw permanent(address, error as Error) ?? error;
        if (performance.now() >= end) throw away(address, lastError, timeoutMs);
        await sleep(PAUSE_MS);
      }
    }
  }

  return {
    get up() {
      dial();
      return isUp();
    },
    run(script, keys, args, patienceMs = timeoutMs) {
      if (!defined.has(script.name)) {
        redis.defineCommand(script.name, {numberOfKeys: script.keys, lua: script.lua});
        defined.add(script.name);
      }
      const commands = redis as unknown as Record<string, (...all: Arg[]) => Promise<unknown>>;
      const send = (): Promise<unknown> => commands[script.name]!(...keys, ...args);
      return patiently(send, script.repeatable, patienceMs);
    },
    read: (command, patienceMs = timeoutMs) => patiently(() => command(redis), true, patienceMs),
    async close() {
      closed = true;
      if (redis.status !== 'wait') redis.disconnect();
    },
  };
}

const gone = (): PolicyError => new PolicyError('CLOSED', 'The connection to Redis was closed.');

const isOlder = (major: number, minor: number): boolean =>
  major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);

function old(address: string, found: string): PolicyError {
  const got = found.replace('redis_version:', '');
  return new PolicyError(
    'CONFIGURATION',
    `Expected Redis at ${address} to be ${OLDEST.join('.')} or newer, got ${got}.`,
  );
}
