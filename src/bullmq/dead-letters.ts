import type {Job} from 'bullmq';
import type {Desk} from './desk.ts';
import type {DeadLetter} from './events.ts';
import {safeWords} from './redact.ts';
import {changed, idOf, jobIdOf, type StoredCall} from './stored-call.ts';

/** A failed job, as it is shown. */
export function deadLetterOf(job: Job<StoredCall>): DeadLetter {
  const {data, context, explanation, dead} = job.data;
  const {reason, message, diedAt} = dead ?? {
    reason: 'queue' as const,
    message: safeWords(job.failedReason ?? ''),
    diedAt: job.finishedOn ?? 0,
  };
  return {
    id: idOf(job.id ?? '') ?? '',
    name: job.name,
    data,
    context,
    reason,
    message,
    ...(explanation && {explanation}),
    diedAt,
  };
}

/** The youngest first. */
export async function deadLetters({queue}: Desk, limit: number): Promise<readonly DeadLetter[]> {
  const jobs = await queue.getFailed(0, limit - 1);
  // Between listing and reading another process may have taken one away.
  return jobs.flatMap(job => (job === undefined ? [] : [deadLetterOf(job)]));
}

/** Whether there was such a dead letter. It begins anew, with as long to live as when it was added. */
export async function revive({queue}: Desk, id: string): Promise<boolean> {
  const job = await queue.getJob(jobIdOf(id));
  if (!job || !(await job.isFailed())) return false;
  const {lifeMs} = job.data;
  await job.updateData(
    changed(job.data, {
      dead: undefined,
      rounds: undefined,
      notBefore: undefined,
      expiresAt: Date.now() + lifeMs,
      revived: true,
    }),
  );
  // Another process was faster.
  const moved = await job.retry('failed', {resetAttemptsMade: true, resetAttemptsStarted: true}).then(
    () => true,
    () => false,
  );
  return moved;
}

/** Whether there was such a call, dead or waiting, that could be taken out; one that is running cannot. */
export async function discard({queue, parked}: Desk, id: string): Promise<boolean> {
  const job = await queue.getJob(jobIdOf(id));
  if (!job) return false;
  const gone = await job.remove().then(
    () => true,
    () => false,
  );
  if (gone && job.data.parked) await parked.remove(job.id ?? '', job.data.parked);
  return gone;
}
