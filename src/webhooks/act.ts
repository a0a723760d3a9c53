import type {WebhookEvent, WebhookReceived} from '../core/webhook-event.ts';
import type {Clock, Marks} from '../ports.ts';

/** Whom an event is about, in Smartcar's words. */
export interface WebhookSubject {
  readonly vehicle?: string;
  readonly smartcarUser?: string;
}

/** Finds the key that an owner has in your store; nothing for an owner who is none of yours. */
export type UserFor = (
  subject: WebhookSubject,
) => string | null | undefined | Promise<string | null | undefined>;

export interface Acting {
  /** Remembers which events were handled. */
  readonly marks: Marks;
  readonly clock: Required<Pick<Clock, 'now' | 'timer'>>;
  readonly userFor: UserFor;
  /** Does what an event asks for. */
  readonly react: (event: WebhookEvent, user: string | undefined) => unknown;
  /** Told of each event once, when it is as good as handled. */
  readonly accepted: (event: WebhookReceived) => void;
  /** `late`: it was taken for handled already. */
  readonly failed: (event: WebhookEvent, error: unknown, late: boolean) => void;
}

/** A delivery is taken for so long after it was sent … */
export const DAY_MS: number = 24 * 3_600_000;
/** … and by clocks that differ so much. */
export const SKEW_MS: number = 5 * 60_000;
/** No delivery is taken again after its event was forgotten. */
const REMEMBERED_MS = DAY_MS + SKEW_MS + 1;

/**
 * Smartcar waits 15 s for its answer, the time for the body included.
 * Source: https://smartcar.com/docs/api-reference/webhooks/delivery-behavior
 */
const REACT_MS = 10_000;
/** So long an event counts as one that somebody is busy with. */
const LEASE_MS = 60_000;

/**
 * Acts on each event once, however often it is delivered, and resolves with whether it may be taken for handled. What
 * takes too long is, and goes on. What failed is not, and may come again.
 */
export function actingOnce(acting: Acting): (event: WebhookEvent) => Promise<boolean> {
  const {marks, clock, userFor, react, accepted, failed} = acting;
  /** A second delivery that comes meanwhile shares the answer of the first. */
  const underWay = new Map<string, Promise<boolean>>();

  async function act(event: WebhookEvent): Promise<boolean> {
    const mark = `webhook:${event.eventId}`;
    const lease = `${mark}:lease`;
    let user: string | undefined;
    const work = async (): Promise<void> => {
      const found = await userFor(subjectOf(event));
      if (typeof found === 'string' && found !== '') user = found;
      await react(event, user);
      // Until then a crash costs no event: the lease ends, and a later delivery is acted on.
      await marks.keep(mark, clock.now() + REMEMBERED_MS);
    };
    const undo = async (cause: unknown, late: boolean): Promise<void> => {
      // A mark that stays costs the next delivery of it; that must not hide why this one failed.
      await marks.clear(lease).catch(() => undefined);
      failed(event, cause, late);
    };
    try {
      const now = clock.now();
      // Had before, or somebody is busy with it: then it has to come again, in case they fail.
      if (!(await marks.set(lease, now + LEASE_MS, now))) return !(await marks.set(mark, now, now));
      if (!(await marks.set(mark, now, now))) return true;
    } catch (error) {
      failed(event, error, false);
      return false;
    }
    const working = work();
    try {
      const inTime = await settles(working, REACT_MS, clock);
      accepted({...event, ...(user !== undefined && {user})});
      if (!inTime) working.catch((error: unknown) => undo(error, true));
      return true;
    } catch (error) {
      await undo(error, false);
      return false;
    }
  }

  return event => {
    const {eventId} = event;
    const known = underWay.get(eventId);
    if (known) return known;
    const answer = act(event).finally(() => underWay.delete(eventId));
    underWay.set(eventId, answer);
    return answer;
  };
}

function subjectOf({vehicle, smartcarUser}: WebhookEvent): WebhookSubject {
  return {...(vehicle !== undefined && {vehicle}), ...(smartcarUser !== undefined && {smartcarUser})};
}

/** `false` once the time is over; settles as the work does before that. */
async function settles(work: Promise<void>, ms: number, clock: Acting['clock']): Promise<boolean> {
  let cancel: (() => void) | undefined;
  const over = new Promise<boolean>(resolve => {
    cancel = clock.timer(ms, () => resolve(false));
  });
  try {
    return await Promise.race([work.then(() => true), over]);
  } finally {
    cancel?.();
  }
}
