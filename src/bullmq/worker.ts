import {Worker} from 'bullmq';
import type {Redis} from 'ioredis';
import {deadLetterOf} from './dead-letters.ts';
import {factsOf, type Desk} from './desk.ts';
import {heldJob} from './held-job.ts';
import type {Answer, StoredCall} from './stored-call.ts';
import {takeTurn} from './turn.ts';
import {within} from './within.ts';

/** Takes calls from the queue. */
export interface CallWorker {
  /** Takes no more; those that run go on. */
  stop(): Promise<void>;
  /** Waits for those that run, so long at most, and lets the connections go. */
  close(timeoutMs: number): Promise<void>;
}

export function callWorker(desk: Desk, redis: Redis, prefix: string): CallWorker {
  const {settings, events} = desk;
  const {queue, concurrency, lockDurationMs} = settings;
  const running = new Set<Promise<unknown>>();
  const worker = new Worker<StoredCall, Answer>(
    queue,
    async (job, token = '', signal = new AbortController().signal) => {
      const turn = takeTurn(desk, heldJob(job, token, signal, lockDurationMs));
      running.add(turn);
      return turn.finally(() => running.delete(turn));
    },
    {
      connection: redis,
      prefix,
      concurrency,
      lockDuration: lockDurationMs,
      stalledInterval: lockDurationMs,
      // Whether a call goes again is for us to say: we know whether it was sent.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      // A worker that cannot reach Redis looks again soon.
      runRetryDelay: RETRY_MS,
    },
  );
  worker.on('error', error => events.emit('error', {error}));
  // Another worker will take them over: what this one still sends would be too much.
  worker.on('lockRenewalFailed', ids => ids.forEach(id => worker.cancelJob(id, 'the lock is lost')));
  worker.on('completed', (job, answer) => events.emit('done', {...factsOf(job), ...told(answer)}));
  worker.on('failed', job => job && events.emit('dead', deadLetterOf(job)));
  return {
    stop: () => worker.pause(true),
    async close(timeoutMs) {
      await worker.pause(true);
      await within(Promise.allSettled(running), timeoutMs);
      // What is left is to tell Redis, which may be away.
      const closed = await within(worker.close(), Math.min(timeoutMs, FAREWELL_MS));
      if (!closed) worker.disconnect().catch(() => undefined);
    },
  };
}

const FAREWELL_MS = 5_000;
const RETRY_MS = 1_000;

function told(answer: Answer): object {
  if ('response' in answer) return {result: answer.response, response: answer.response};
  if ('verified' in answer) return {verified: true};
  return 'value' in answer ? {result: answer.value} : {};
}
