import {DelayedError, UnrecoverableError, WaitingError} from 'bullmq';
import {factsOf, type Desk} from './desk.ts';
import type {DurableContext} from './handlers.ts';
import type {Change, HeldJob} from './held-job.ts';
import type {DeathReason} from './stored-call.ts';

/** Where a job goes that is not done: each of these moves it, and throws what tells BullMQ that it has been moved. */
type Moved = Promise<never>;

/** Gives a call up: it is kept, with what is known of it, as a failed job. */
export async function die(
  desk: Desk,
  held: HeldJob,
  reason: DeathReason,
  message: string,
  change: Change = {},
): Moved {
  await unpark(desk, held);
  const dead = held.stored().dead ?? {reason, message, diedAt: Date.now()};
  await held.write({...change, dead, notBefore: undefined, parked: undefined});
  throw new UnrecoverableError(`${reason}: ${message}`);
}

/** Its time is over, or would be before it could be started. */
export function expire(desk: Desk, held: HeldJob, change: Change = {}): Moved {
  const {sentAt} = {...held.stored(), ...change};
  return sentAt === undefined
    ? die(desk, held, 'expired', 'It could not be done in its time.', change)
    : die(
        desk,
        held,
        'outcome-unknown',
        'Its time was over before anybody could say what had become of it.',
        change,
      );
}

/** Not before `at`, in epoch ms. */
export async function later(desk: Desk, held: HeldJob, at: number, change: Change = {}): Moved {
  const {job, token} = held;
  if (at >= held.stored().expiresAt) return expire(desk, held, change);
  await unpark(desk, held);
  await held.write({...change, notBefore: at, parked: undefined});
  await job.moveToDelayed(at, token);
  const {explanation} = held.stored();
  desk.events.emit('deferred', {...factsOf(job), until: at, ...(explanation && {explanation})});
  throw new DelayedError();
}

/** It came too early: back to the same time. */
export async function notYet({job, token}: HeldJob, at: number): Moved {
  await job.moveToDelayed(at, token);
  throw new DelayedError();
}

const LONGEST_ROUND_MS = 3_600_000;
/** The share of a wait that is added by chance at most, so that calls that failed together do not come together again. */
const SPREAD = 0.2;

/**
 * Another try: the first at `at` where there is such a time, the others later, each twice as long after the last. When
 * `maxRounds` is reached the call is given up for `reason`.
 */
export async function nextRound(
  desk: Desk,
  held: HeldJob,
  at: number | undefined,
  reason: DeathReason,
  message: string,
  change: Change = {},
): Moved {
  const {maxRounds, roundDelayMs} = desk.settings;
  const now = Date.now();
  const rounds = (held.stored().rounds ?? 0) + 1;
  if (rounds > maxRounds) return die(desk, held, reason, message, change);
  const waitMs = Math.min(roundDelayMs * 2 ** Math.max(0, rounds - 2), LONGEST_ROUND_MS);
  const spread = Math.ceil(now + waitMs * (1 + SPREAD * Math.random()));
  return later(desk, held, rounds === 1 && at !== undefined ? at : Math.max(at ?? 0, spread), {
    ...change,
    rounds,
  });
}

/** Until the owner is back; looked at again from time to time, since that may become known to no process of ours. */
export async function park(desk: Desk, held: HeldJob, context: DurableContext, change: Change): Moved {
  const {job, token} = held;
  const {user, vehicle} = context;
  const stored = held.stored();
  if (user === undefined)
    return die(desk, held, 'failed', 'An owner has to reconnect, and no user is named.', change);
  const call = {user, ...(vehicle !== undefined && {vehicle})};
  const id = job.id ?? '';
  await held.write({...change, parked: call, notBefore: undefined});
  const isNew = await desk.parked.add(id, call);
  // The episode may have ended between the policy's no and here: whoever ended it found nothing to release.
  if (!(await isOpen(desk, user, vehicle)))
    return nextRound(desk, held, Date.now(), 'failed', 'An owner has to reconnect.', change);
  const waitMs = desk.settings.recheckMs * (1 + SPREAD * (2 * Math.random() - 1));
  await job.moveToDelayed(Math.min(Math.ceil(Date.now() + waitMs), stored.expiresAt), token);
  // A release that came before the job was delayed could not promote it; it has left this sign.
  if (!(await desk.parked.has(id, call))) await job.promote().catch(() => undefined);
  if (isNew) tellParked(desk, held);
  throw new DelayedError();
}

function tellParked({events}: Desk, {job}: HeldJob): void {
  const {explanation} = job.data;
  events.emit('parked', {
    ...factsOf(job),
    ...(explanation?.connectUrl !== undefined && {connectUrl: explanation.connectUrl}),
    ...(explanation && {explanation}),
  });
}

async function isOpen({settings}: Desk, user: string, vehicle: string | undefined): Promise<boolean> {
  try {
    const open = await settings.policy.reauth.list();
    return open.some(
      one =>
        one.user === user && (one.vehicle === undefined || vehicle === undefined || one.vehicle === vehicle),
    );
  } catch {
    // A store that cannot be asked now is asked again at the next look.
    return true;
  }
}

/** Back to the others: this process sends nothing any more. */
export async function toWaiting(desk: Desk, held: HeldJob, change: Change): Moved {
  desk.stopTaking();
  await held.write(change);
  await held.job.moveToWait(held.token);
  throw new WaitingError();
}

async function unpark({parked}: Desk, held: HeldJob): Promise<void> {
  const call = held.stored().parked;
  if (call) await parked.remove(held.job.id ?? '', call);
}
