import type {Queue} from 'bullmq';
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
  const jobId = jobIdOf(id);
  const until = performance.now() + timeoutMs;
  let wake: (() => void) | undefined;
  let heard = false;
  const end = ears(jobId, () => {
    heard = true;
    wake?.();
  });
  const onClosing = (): void => wake?.();
  closing.addEventListener('abort', onClosing);
  try {
    for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(2 * lookMs, LONGEST_LOOK_MS)) {
      heard = false;
      const found = await look(queue, jobId, id);
      if (found) return found.result;
      if (closing.aborted) throw new DurableCallError('CLOSED', 'These durable calls were closed.', {id});
      const leftMs = until - performance.now();
      if (leftMs <= 0) throw new DurableCallError('TIMEOUT', `Call "${id}" is not done yet.`, {id});
      if (heard) continue;
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, Math.min(lookMs, leftMs));
        wake = () => (clearTimeout(timer), resolve());
      });
    }
  } finally {
    end();
    closing.removeEventListener('abort', onClosing);
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
