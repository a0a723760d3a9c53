import type {Redis} from 'ioredis';
import type {Answer} from './stored-call.ts';

/**
 * What a worker that has lost its job learned all the same: the command was answered while Redis was away, or the worker
 * stood still. Whoever goes on with the job finds it here, and need not ask what has become of the command.
 */
export interface LastWords {
  say(jobId: string, answer: Answer): Promise<void>;
  heard(jobId: string): Promise<Answer | undefined>;
}

/** Keys of their own, since the job belongs to somebody else by now. */
export function lastWordsIn(redis: Redis, prefix: string, keepMs: number): LastWords {
  return {
    async say(jobId, answer) {
      await redis.set(`${prefix}:${jobId}`, JSON.stringify(answer), 'PX', Math.ceil(keepMs));
    },
    async heard(jobId) {
      const said = await redis.get(`${prefix}:${jobId}`);
      return said === null ? undefined : (JSON.parse(said) as Answer);
    },
  };
}
