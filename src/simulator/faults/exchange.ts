import type {ServerResponse} from 'node:http';
import type {SimulatedTime} from '../clock.ts';
import {type Rendered, render} from '../errors/envelopes.ts';
import type {Call, Fault, Outcome} from '../http/answer.ts';
import {isFault} from '../http/answer.ts';
import {send} from '../http/wire.ts';
import type {JournalEntry, OpenEntry} from '../journal.ts';
import type {ErrorReply} from './replies.ts';

/** One request on its way to an answer. */
export interface Exchange {
  readonly call: Call;
  readonly response: ServerResponse;
  readonly time: SimulatedTime;
  /** Aborted when the simulator closes. */
  readonly closing: AbortSignal;
  /** What the simulator says of its own accord. */
  handle(): Outcome;
  /** Completes a scripted error with what the simulator knows about the request. */
  fault(reply: ErrorReply): Fault;
  /** Writes the request into the journal, once; always before the client can learn the answer. */
  record(status: JournalEntry['status'], rendered?: Pick<Rendered, 'type' | 'code'>): OpenEntry;
}

/** Lets an outcome take effect, notes it under its own status or another, and returns what to send. */
export function settle(exchange: Exchange, outcome: Outcome, status?: JournalEntry['status']): Rendered {
  const rendered = takeEffect(exchange, outcome);
  noteEffect(exchange.record(status ?? rendered.status, rendered), outcome);
  return rendered;
}

/** The whole way of an outcome. */
export function finish(exchange: Exchange, outcome: Outcome): void {
  send(exchange.response, settle(exchange, outcome));
}

export function takeEffect({call}: Exchange, outcome: Outcome): Rendered {
  if (!isFault(outcome)) outcome.commit?.();
  return render(outcome, call);
}

export function noteEffect(entry: OpenEntry, outcome: Outcome): void {
  if (entry.effect !== undefined && !isFault(outcome) && outcome.commit !== undefined)
    entry.effect = 'carried-out';
}

/**
 * Waits on the simulator's clock. A client that leaves ends the wait at once, and what comes after the wait happens
 * then: a server does not notice. Rejects when the simulator closes.
 */
export async function pause({response, time, closing}: Exchange, ms: number): Promise<void> {
  const ended = new AbortController();
  const end = () => ended.abort();
  response.once('close', end);
  closing.addEventListener('abort', end, {once: true});
  if (response.closed || closing.aborted) end();
  try {
    await time.sleep(ms, ended.signal);
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  } finally {
    response.off('close', end);
    closing.removeEventListener('abort', end);
  }
  closing.throwIfAborted();
}
