import type {Queue} from 'bullmq';
import type {Emitter, DurableFacts} from './events.ts';
import type {LastWords} from './last-words.ts';
import type {Settings} from './options.ts';
import type {ParkedIndex} from './parked.ts';
import {idOf, type StoredCall} from './stored-call.ts';

/** What everything that handles calls has at hand. */
export interface Desk {
  readonly settings: Settings;
  readonly queue: Queue<StoredCall>;
  readonly parked: ParkedIndex;
  readonly lastWords: LastWords;
  readonly events: Emitter;
  /** Takes no more calls from the queue, since none can be sent. */
  readonly stopTaking: () => void;
}

/** A job as events tell of it. */
export function factsOf(job: {id?: string | undefined; name: string; data: StoredCall}): DurableFacts {
  const {parked, context} = job.data;
  const {user, vehicle} = parked ?? context;
  return {
    id: idOf(job.id ?? '') ?? '',
    name: job.name,
    ...(user !== undefined && {user}),
    ...(vehicle !== undefined && {vehicle}),
  };
}
