import {QueueEvents} from 'bullmq';
import type {Redis} from 'ioredis';
import type {Ears} from './results.ts';

/** Hears of calls that end in other processes; takes a connection with the first who listens. */
export function earsOn(
  queue: string,
  prefix: string,
  redis: () => Redis,
  onError: (error: Error) => void,
): {readonly listen: Ears; close(): Promise<void>} {
  const listeners = new Map<string, Set<() => void>>();
  let events: QueueEvents | undefined;
  const heard = ({jobId}: {readonly jobId: string}): void =>
    listeners.get(jobId)?.forEach(listener => listener());
  const open = (): QueueEvents => {
    const opened = new QueueEvents(queue, {connection: redis(), prefix});
    opened.on('error', onError);
    opened.on('completed', heard);
    opened.on('failed', heard);
    opened.on('removed', heard);
    return opened;
  };
  return {
    listen(jobId, listener) {
      events ??= open();
      const others = listeners.get(jobId) ?? new Set();
      listeners.set(jobId, others.add(listener));
      return () => {
        others.delete(listener);
        if (others.size === 0) listeners.delete(jobId);
      };
    },
    async close() {
      await events?.close();
    },
  };
}
