import type {ServerResponse} from 'node:http';
import type {SimulatedTime} from '../clock.ts';
import type {Call, Fault, Outcome} from '../http/answer.ts';
import {isFault} from '../http/answer.ts';
import {type Rendered, render} from '../errors/envelopes.ts';
import type {JournalEntry, OpenEntry} from '../journal.ts';
import type {ErrorReply, RawReply, Reply, SlowReply} from './replies.ts';
import {cut, cutWhenFlushed, send, sendHalf} from '../http/wire.ts';

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

/** Answers as scripted, or as usual where there is no script. */
export async function perform(exchange: Exchange, reply: Reply | undefined): Promise<void> {
  const {response, time, closing} = exchange;
  if (reply === undefined) return finish(exchange, exchange.handle());
  if ('delayMs' in reply) {
    await time.sleep(reply.delayMs, closing);
    return perform(exchange, reply.then);
  }
  if ('hang' in reply) return void exchange.record('hung');
  if ('drop' in reply) return drop(exchange, reply.drop);
  if ('slow' in reply) return answerSlowly(exchange, reply.slow);
  if ('error' in reply) return finish(exchange, exchange.fault(reply));
  if ('jumpMs' in reply || 'partial' in reply || 'trickle' in reply || 'truncate' in reply)
    throw new Error('to be built');
  const rendered =
    'html' in reply ? proxyPage(reply.html) : 'redirect' in reply ? redirect(reply) : raw(reply);
  exchange.record(rendered.status);
  send(response, rendered);
}

/** Lets an outcome take effect, notes it, and sends it. */
function finish(exchange: Exchange, outcome: Outcome): void {
  const rendered = takeEffect(exchange, outcome);
  noteEffect(exchange.record(rendered.status, rendered), outcome);
  send(exchange.response, rendered);
}

function drop(exchange: Exchange, when: 'before' | 'after' | 'mid-body'): void {
  if (when === 'before') {
    exchange.record('dropped');
    return cut(exchange.response);
  }
  const outcome = exchange.handle();
  const rendered = takeEffect(exchange, outcome);
  noteEffect(exchange.record('dropped', rendered), outcome);
  return when === 'after' ? cut(exchange.response) : sendHalf(exchange.response, rendered);
}

async function answerSlowly(
  exchange: Exchange,
  {acceptedAfterMs = 0, outcome, afterMs}: SlowReply['slow'],
): Promise<void> {
  const {call, response, time, closing} = exchange;
  await time.sleep(acceptedAfterMs, closing);
  const planned = exchange.handle();
  if (isFault(planned)) return finish(exchange, planned);

  const entry = exchange.record(202);
  response.writeHead(202, render(planned, call).headers);
  response.flushHeaders();
  await time.sleep(afterMs, closing);
  if (typeof outcome === 'object') {
    const rendered = render(exchange.fault(outcome), call);
    if (rendered.type !== undefined) entry.type = rendered.type;
    if (rendered.code !== undefined) entry.code = rendered.code;
    response.end(rendered.body);
    return;
  }
  const rendered = takeEffect(exchange, planned);
  noteEffect(entry, planned);
  if (outcome === 'cut') return cutWhenFlushed(response);
  response.end(rendered.body);
}

function takeEffect({call}: Exchange, outcome: Outcome): Rendered {
  if (!isFault(outcome)) outcome.commit?.();
  return render(outcome, call);
}

function noteEffect(entry: OpenEntry, outcome: Outcome): void {
  if (entry.effect !== undefined && !isFault(outcome)) entry.effect = 'carried-out';
}

function proxyPage(status: 502 | 503 | 504): Rendered {
  const title = {502: 'Bad Gateway', 503: 'Service Temporarily Unavailable', 504: 'Gateway Time-out'}[status];
  return {
    status,
    headers: {'content-type': 'text/html'},
    body: `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
  };
}

function redirect(reply: {readonly redirect: string; readonly status?: number}): Rendered {
  return {status: reply.status ?? 302, headers: {location: reply.redirect}, body: undefined};
}

function raw({status, headers, body}: RawReply): Rendered {
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  const lowerCase = Object.entries(headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return {
    status,
    headers: {...(body === undefined ? {} : {'content-type': type}), ...Object.fromEntries(lowerCase)},
    body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
  };
}
