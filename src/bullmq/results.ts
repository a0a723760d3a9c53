import type {Queue} from 'bullmq';
import {createBell, type Bell} from './bell.ts';
import {deadLetterOf} from './dead-letters.ts';
import {DurableCallError} from './durable-call-error.ts';
import {jobIdOf, type Answer, type StoredCall} from './stored-call.ts';

/** Between two looks at a call, should no event tell of its end: twice as long each time. */
const FIRST_LOOK_MS = 100;
const LONGEST_LOOK_MS = 5_000;

/** Tells, by the id of a job, that something has happened to it; returns what ends the listening. */
export type Ears = (jobId: string, heard: () => void) => () => void;

/**
 * What a call resolved with, as soon as it is done, in whichever process.
 * @throws `DurableCallError`
 */
export async function resultOf(
  queue: Queue<StoredCall>,
  ears: Ears,
  id: string,
  timeoutMs: number,
  closing: AbortSignal,
): Promise<unknown> {
  const bell = createBell();
  const end = ears(jobIdOf(id), bell.ring);
  // Redis may not answer at all: neither the time nor the end waits for it.
  const {promise: stopped, reject: stop} = Promise.withResolvers<never>();
  const onClosing = (): void =>
    stop(new DurableCallError('CLOSED', 'These durable calls were closed.', {id}));
  const onTimeout = (): void => stop(new DurableCallError('TIMEOUT', `Call "${id}" is not done yet.`, {id}));
  const timer = timeoutMs <= LONGEST_TIMER_MS ? setTimeout(onTimeout, timeoutMs) : undefined;
  closing.addEventListener('abort', onClosing);
  if (closing.aborted) onClosing();
  try {
    return await Promise.race([lookUntilDone(queue, id, bell), stopped]);
  } finally {
    end();
    bell.close();
    clearTimeout(timer);
    closing.removeEventListener('abort', onClosing);
  }
}

/** Some 24 days: whoever waits longer waits as long as it takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

async function lookUntilDone(queue: Queue<StoredCall>, id: string, bell: Bell): Promise<unknown> {
  for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(2 * lookMs, LONGEST_LOOK_MS)) {
    const found = await look(queue, jobIdOf(id), id);
    if (found) return found.result;
    if (!(await bell.heardWithin(lookMs))) return undefined;
  }
}

async function look(
  queue: Queue<StoredCall>,
  jobId: string,
  id: string,
): Promise<{readonly result: unknown} | undefined> {
  const state = await queue.getJobState(jobId);
  const ended = state === 'completed' || state === 'failed';
  if (!ended && state !== 'unknown') return undefined;
  const job = ended ? await queue.getJob(jobId) : undefined;
  if (!job)
    throw new DurableCallError('UNKNOWN', `There is no call "${id}", or it is not kept any more.`, {id});
  if (state === 'completed') return {result: resultIn(job.returnvalue as Answer, id)};
  const {reason, message, explanation} = deadLetterOf(job);
  throw new DurableCallError('DEAD', `Call "${id}" was given up (${reason}): ${message}`, {
    id,
    reason,
    ...(explanation && {explanation}),
  });
}

function resultIn(answer: Answer, id: string): unknown {
  if ('omitted' in answer)
    throw new DurableCallError(
      'OMITTED',
      `Call "${id}" is done, but its result was not kept: ${answer.omitted}.`,
      {id},
    );
  if ('value' in answer) return answer.value;
  return 'response' in answer ? answer.response : {verified: true};
}
