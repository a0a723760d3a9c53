import {
  explain,
  withPolicy,
  type AttemptContext,
  type CallContext,
  type Explanation,
  type Policy,
} from '../index.ts';
import {answerIn, answerOf} from './answer.ts';
import type {AnyHandler} from './handlers.ts';
import type {Answer} from './stored-call.ts';

export interface Sending {
  readonly policy: Policy;
  readonly handler: AnyHandler;
  readonly data: unknown;
  readonly context: CallContext;
  readonly command: boolean;
  readonly mostBytes: number;
  /** Before each attempt; nothing is sent if it rejects. */
  readonly beforeSending: () => Promise<void>;
  /** Tokens that were handed out: to be kept out of messages. */
  readonly secrets: Set<string>;
}

/** One run through the policy: an answer, or what stood in its way. */
export type Ran =
  | {readonly answer: Answer}
  | {readonly subject: unknown; readonly explanation: Explanation | undefined};

/** Never rejects. */
export async function sendThrough(sending: Sending): Promise<Ran> {
  try {
    return await (sending.handler.request ? byFetch(sending) : byCall(sending));
  } catch (error) {
    return {subject: error, explanation: explain(error)};
  }
}

/** What was answered is read within the attempt: a body that breaks off is a failure of that attempt. */
async function byCall(sending: Sending): Promise<Ran> {
  const {policy, handler, data, context, mostBytes, beforeSending, secrets} = sending;
  let answer: Answer = {value: null};
  const value = await policy.run(async (attempt: AttemptContext) => {
    secrets.add(attempt.accessToken);
    await beforeSending();
    // Redis may have kept it waiting for longer than an attempt may take.
    attempt.signal.throwIfAborted();
    const answered = await handler.call?.(data, attempt);
    // The policy may want to read it too.
    if (!(answered instanceof Response)) answer = answerOf(answered, mostBytes);
    else if (answered.ok) answer = await read(sending, answered.clone());
    return answered;
  }, context);
  return value instanceof Response ? failedOr(answer, value) : {answer};
}

async function byFetch(sending: Sending): Promise<Ran> {
  const {policy, handler, data, context, beforeSending} = sending;
  const request = handler.request?.(data);
  if (!(request instanceof Request)) throw new TypeError('`request` of the handler made no Request');
  const marked: typeof fetch = async (input, init) => {
    await beforeSending();
    return fetch(input, init);
  };
  const response = await withPolicy(marked, policy, {...context, coalesce: false})(request);
  if (!response.ok) return failedOr({response: {status: response.status}}, response);
  try {
    return {answer: await read(sending, response)};
  } catch (error) {
    // Only a read gets here: it is judged as if no answer had come.
    return {subject: error, explanation: await policy.explain(error)};
  }
}

/** A command that was answered well has been carried out, whatever becomes of the words. */
async function read({command, mostBytes}: Sending, response: Response): Promise<Answer> {
  try {
    return await answerIn(response, mostBytes);
  } catch (error) {
    if (command) return {omitted: 'the body of the answer broke off'};
    throw error;
  }
}

/** Nobody reads it any more; an unread body would keep a socket. */
async function failedOr(answer: Answer, response: Response): Promise<Ran> {
  const explanation = explain(response);
  if (!response.bodyUsed) await response.body?.cancel().catch(() => undefined);
  return explanation ? {subject: response, explanation} : {answer};
}
