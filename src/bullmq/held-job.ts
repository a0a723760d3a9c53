import type {Job} from 'bullmq';
import {changed, idOf, type Change, type StoredCall} from './stored-call.ts';

export type {Change};

export type CallJob = Job<StoredCall>;

/** Another worker has the job by now, or nobody: what this one learns of it counts for nothing. */
export class LostJob extends Error {
  constructor() {
    super('the lock of the job is lost; another worker goes on with it');
    this.name = 'LostJob';
  }
}

/** A job as long as this worker holds its lock. */
export interface HeldJob {
  readonly job: CallJob;
  readonly id: string;
  readonly token: string;
  /** Aborts when the lock is lost. */
  readonly lost: AbortSignal;
  /** Whether it is still ours; its lock begins anew. */
  holds(): Promise<boolean>;
  /** What stands in Redis. */
  stored(): StoredCall;
  /**
   * Writes it, for those who come after. Resolves only while the lock surely holds.
   * @throws `LostJob`
   */
  write(change: Change): Promise<void>;
}

export function heldJob(job: CallJob, token: string, lost: AbortSignal, lockDurationMs: number): HeldJob {
  const holds = async (): Promise<boolean> =>
    !lost.aborted && Boolean(await job.extendLock(token, lockDurationMs));
  return {
    job,
    id: idOf(job.id ?? '') ?? '',
    token,
    lost,
    holds,
    stored: () => job.data,
    async write(change) {
      const began = performance.now();
      if (!(await holds())) throw new LostJob();
      await job.updateData(changed(job.data, change));
      // A process that was stopped in between must not send what another has taken over.
      if (lost.aborted || performance.now() - began >= lockDurationMs) throw new LostJob();
    },
  };
}
