import {setTimeout as sleep} from 'node:timers/promises';
import type {Member} from '../ports.ts';
import {addressOf, duplicated, type RedisClient} from './client.ts';
import {warnOfRefusal} from './problems.ts';

/** What processes tell each other over the channel. */
export type Message =
  | {readonly t: 'gate'; readonly of: Parameters<Member['gate']>}
  | {readonly t: 'free'; readonly of: Parameters<Member['turnFree']>}
  | {readonly t: 'opened'; readonly of: Parameters<Member['episodeOpened']>}
  | {readonly t: 'over'; readonly of: Parameters<Member['episodeOver']>}
  | {readonly t: 'pair'; readonly of: readonly [key: string, generation: string | null]}
  | {readonly t: 'unlocked'; readonly of: readonly [name: string]}
  | {readonly t: 'lost'; readonly of: readonly []};

/** The channel, as one process hears it. */
export interface News {
  /** `false` from when it can be heard (again) until what was missed has been read. */
  readonly current: boolean;
  /** Resolves when it is current, or when that takes too long. Never rejects. */
  sync(): Promise<void>;
  /** Connects, and hears what others say from then on. `catchUp` reads what was said before. */
  listen(ear: (message: Message) => void, catchUp: () => Promise<void>): void;
  /** A message as it goes over the channel. */
  readonly worded: (message: Message) => string;
  close(): void;
}

/** So often it is made sure that the connection is alive. */
const PING_MS = 5_000;
const RETRY_MS = 250;

export function newsOf(client: RedisClient, channel: string, from: string, patienceMs: number): News {
  const redis = duplicated(client, {refuses: false});
  let closed = false;
  /** The connection that stands; another one may have missed something before it. */
  let line: object | undefined;
  /** Until what was missed has been read. Where the line is down, nobody waits: nothing better is to be had. */
  let pending: PromiseWithResolvers<void> | undefined;
  /** It took too long once: calls go on by what the process knows, until the line is up again. */
  let givenUp = false;
  let pinging: NodeJS.Timeout | undefined;

  function settle(): void {
    pending?.resolve();
    pending = undefined;
  }

  async function caughtUp(mine: object, catchUp: () => Promise<void>): Promise<void> {
    const stands = (): boolean => mine === line;
    while (stands()) {
      try {
        await redis.subscribe(channel);
        await catchUp();
        if (stands()) settle();
        return;
      } catch (error) {
        warnOfRefusal(addressOf(client), 'this process does not hear what others learn', error);
        await sleep(RETRY_MS, undefined, {ref: false});
      }
    }
  }

  /** A connection can be dead and not know it. */
  function ping(): void {
    if (redis.status !== 'ready') return;
    const alive = new AbortController();
    sleep(PING_MS - 1, undefined, {signal: alive.signal, ref: false}).then(
      () => redis.disconnect(true),
      () => undefined,
    );
    const answered = (): void => alive.abort();
    redis.ping().then(answered, answered);
  }

  return {
    get current() {
      return pending === undefined || givenUp;
    },
    async sync() {
      if (!pending || givenUp) return;
      const ending = new AbortController();
      const late = sleep(patienceMs, undefined, {signal: ending.signal}).then(
        () => void (givenUp = true),
        () => undefined,
      );
      await Promise.race([pending.promise, late]);
      ending.abort();
    },
    listen(ear, catchUp) {
      pending = Promise.withResolvers();
      redis.on('message', (_channel: string, text: string) => {
        const message = read(text, from);
        try {
          if (message) ear(message);
        } catch {
          // Another version speaks of what this one does not know.
        }
      });
      redis.on('ready', () => {
        pending ??= Promise.withResolvers();
        givenUp = false;
        line = {};
        void caughtUp(line, catchUp);
      });
      redis.on('close', () => {
        line = undefined;
        settle();
      });
      redis.connect().catch(() => undefined);
      pinging = setInterval(ping, PING_MS).unref();
    },
    worded: message => JSON.stringify({from, ...message}),
    close() {
      if (closed) return;
      closed = true;
      clearInterval(pinging);
      if (redis.status !== 'wait') redis.disconnect();
    },
  };
}

/** `undefined` for what is of this process, or of another version. */
function read(text: string, self: string): Message | undefined {
  try {
    const {from, ...message} = JSON.parse(text) as Message & {readonly from: string};
    return from === self ? undefined : message;
  } catch {
    return undefined;
  }
}
