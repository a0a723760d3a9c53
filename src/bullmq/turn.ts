import {PolicyError} from '../index.ts';
import {contextSaid} from './context.ts';
import type {Desk} from './desk.ts';
import {die, expire, later, nextRound, notYet, park, toWaiting} from './endings.ts';
import {handlerNamed, type AnyHandler, type DurableContext} from './handlers.ts';
import {LostJob, type Change, type HeldJob} from './held-job.ts';
import {safeWords} from './redact.ts';
import {sendThrough, type Ran} from './sending.ts';
import type {Answer} from './stored-call.ts';
import {verdictOn} from './verdict.ts';

/** A worker that dies of a job so often is not handed to it again. */
const MOST_STALLS = 10;
const VERIFY_AFTER_MS = 30_000;

/** What one turn is about. */
interface Turn {
  readonly desk: Desk;
  readonly held: HeldJob;
  readonly handler: AnyHandler;
  readonly context: DurableContext;
  readonly command: boolean;
  readonly secrets: Set<string>;
}

/**
 * One turn of a job in a worker. Resolves with the answer of a call that is done; in every other case it has moved the
 * job to where it belongs, and throws what tells BullMQ so.
 */
export async function takeTurn(desk: Desk, held: HeldJob): Promise<Answer> {
  const {job} = held;
  const {dead, expiresAt, notBefore = 0, data} = held.stored();
  const now = Date.now();
  // It died of this, and its worker before it could say so.
  if (dead) return die(desk, held, dead.reason, dead.message);
  if (job.stalledCounter > MOST_STALLS)
    return die(desk, held, 'stalled', `Its workers stopped ${job.stalledCounter} times while it ran.`);
  if (now >= expiresAt) return expire(desk, held);
  // Somebody has promoted it by hand, or the clocks of two machines differ.
  if (now < notBefore) return notYet(held, notBefore);
  const handler = handlerNamed(desk.settings.handlers, job.name);
  // During a roll-out another worker may know it.
  if (!handler)
    return nextRound(desk, held, undefined, 'no-handler', `No worker knows a handler "${job.name}".`);
  let context: DurableContext;
  try {
    context = {...contextSaid(handler.context?.(data)), ...held.stored().context};
  } catch (error) {
    return die(desk, held, 'handler-error', safeWords(error));
  }
  const command = context.idempotent !== true && changesSomething(handler, data);
  const turn: Turn = {desk, held, handler, context, command, secrets: new Set()};
  return held.stored().sentAt === undefined ? send(turn) : settle(turn);
}

/** Whether the car could be changed; what a function does, nobody can see. */
function changesSomething({request}: AnyHandler, data: unknown): boolean {
  if (!request) return true;
  try {
    return !['GET', 'HEAD'].includes(request(data).method);
  } catch {
    return true;
  }
}

async function send(turn: Turn): Promise<Answer> {
  const {held, command} = turn;
  let marking: Promise<void> | undefined;
  const ran = await run(turn, turn.handler, command, () =>
    command ? (marking ??= held.write({sentAt: Date.now()})) : Promise.resolve(),
  );
  if ('answer' in ran) return done(turn, ran.answer);
  return judge(turn, ran, command);
}

async function run(
  {desk, held, context, secrets}: Turn,
  handler: AnyHandler,
  command: boolean,
  mark: () => Promise<void>,
): Promise<Ran> {
  const {policy, maxWaitMs, maxResultBytes: mostBytes} = desk.settings;
  let broken: {readonly error: unknown} | undefined;
  const beforeSending = async (): Promise<void> => {
    try {
      if (held.lost.aborted) throw new LostJob();
      await mark();
    } catch (error) {
      broken = {error};
      throw error;
    }
  };
  const {job} = held;
  const ran = await sendThrough({
    policy,
    handler,
    data: held.stored().data,
    context: {
      operation: job.name,
      ...context,
      // A command that is under way cannot be called back: its answer is worth having.
      ...(!command && {idempotent: true, signal: held.lost}),
      maxWaitMs,
    },
    command,
    mostBytes,
    beforeSending,
    secrets,
  });
  // No word of the call: Redis, or the lock. The job is found by its lock, which runs out.
  if (broken) throw broken.error;
  if ('subject' in ran && held.lost.aborted) throw new LostJob();
  return ran;
}

async function done({desk, held, command}: Turn, answer: Answer): Promise<Answer> {
  const {parked} = held.stored();
  const jobId = held.job.id ?? '';
  if (command && !(await held.holds())) {
    await desk.lastWords.say(jobId, answer);
    throw new LostJob();
  }
  if (parked) await desk.parked.remove(jobId, parked).catch(() => false);
  return answer;
}

/** `command`: whether what ran could have changed the car. */
async function judge(
  turn: Turn,
  {subject, explanation}: Exclude<Ran, {readonly answer: unknown}>,
  command: boolean,
): Promise<Answer> {
  const {desk, held, context, secrets} = turn;
  const verdict = verdictOn(subject, explanation, command);
  // A question about a command says nothing of the command itself: its mark stays.
  const asking = turn.command && !command;
  const harmless = explanation ? explanation.failure.effect === 'none' : PolicyError.is(subject);
  const unmark = command && harmless && verdict.to !== 'settled';
  const change: Change = {...(explanation && {explanation}), ...(unmark && {sentAt: undefined})};
  const words = safeWords(
    subject instanceof Response ? `Smartcar answered ${subject.status}.` : subject,
    secrets,
  );
  switch (verdict.to) {
    case 'waiting':
      return toWaiting(desk, held, command ? {sentAt: undefined} : {});
    case 'settled':
      return settle(turn, change);
    case 'parked':
      return park(desk, held, context, change);
    case 'later':
      return later(desk, held, verdict.at, change);
    case 'round':
      return nextRound(desk, held, verdict.at, 'rounds-spent', words, change);
    case 'dead':
      return die(desk, held, asking ? 'outcome-unknown' : verdict.reason, words, change);
  }
}

/** A command that may have been carried out: the handler is asked, or nobody can say. */
async function settle(turn: Turn, change: Change = {}): Promise<Answer> {
  const {desk, held, handler} = turn;
  const {sentAt = Date.now(), revived, rounds = 0} = held.stored();
  const heard = await desk.lastWords.heard(held.job.id ?? '');
  if (heard) return done(turn, heard);
  const {verify, verifyAfterMs = VERIFY_AFTER_MS} = handler;
  if (!verify && revived) {
    await held.write({...change, sentAt: undefined, revived: undefined});
    return send(turn);
  }
  if (!verify)
    return die(desk, held, 'outcome-unknown', 'Nobody can say whether it was carried out.', change);
  if (Date.now() < sentAt + verifyAfterMs) return later(desk, held, sentAt + verifyAfterMs, change);
  const ran = await run(turn, {call: verify}, false, () => Promise.resolve());
  if (!('answer' in ran)) return judge(turn, ran, false);
  const said = 'value' in ran.answer ? ran.answer.value : undefined;
  if (said === true) return done(turn, {verified: true});
  if (said !== false)
    return die(desk, held, 'outcome-unknown', '`verify` said neither true nor false.', change);
  if (rounds >= desk.settings.maxRounds)
    return die(desk, held, 'rounds-spent', 'It was sent as often as `maxRounds` allows.', change);
  await held.write({...change, sentAt: undefined, rounds: rounds + 1});
  return send(turn);
}
