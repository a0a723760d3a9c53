import {type Rendered, render} from '../errors/envelopes.ts';
import {isFault} from '../http/answer.ts';
import {cut, cutWhenFlushed, send, sendHalf, sendPieces, sendTruncated} from '../http/wire.ts';
import {type Exchange, finish, noteEffect, pause, settle, takeEffect} from './exchange.ts';
import {withFailures} from './partial.ts';
import {renderPlain} from './plain.ts';
import type {DropReply, ErrorReply, RawReply, Reply, SlowReply} from './replies.ts';

export type {Exchange} from './exchange.ts';

/** Answers as scripted, or as usual where there is no script. */
export async function perform(exchange: Exchange, reply: Reply | undefined): Promise<void> {
  const {response, time} = exchange;
  if (reply === undefined) return finish(exchange, exchange.handle());
  if ('delayMs' in reply) {
    await pause(exchange, reply.delayMs);
    return perform(exchange, reply.then);
  }
  if ('jumpMs' in reply) {
    time.jump(reply.jumpMs);
    return perform(exchange, reply.then);
  }
  if ('hang' in reply) return void exchange.record('hung');
  if ('drop' in reply) return drop(exchange, reply.drop);
  if ('slow' in reply) return answerSlowly(exchange, reply.slow);
  if ('truncate' in reply) return sendTruncated(response, decided(exchange, reply.then));
  if ('trickle' in reply) {
    const {everyMs, bytes = 1} = reply.trickle;
    return sendPieces(response, decided(exchange, reply.then), bytes, () => pause(exchange, everyMs));
  }
  if ('partial' in reply) return finish(exchange, withFailures(exchange.handle(), reply, exchange));
  return send(response, 'error' in reply ? decided(exchange, reply) : plain(exchange, renderPlain(reply)));
}

/** An answer that has taken effect and is noted, and only has to be sent. */
function decided(exchange: Exchange, reply: ErrorReply | RawReply | undefined): Rendered {
  if (reply === undefined) return settle(exchange, exchange.handle());
  return 'error' in reply ? settle(exchange, exchange.fault(reply)) : plain(exchange, renderPlain(reply));
}

function plain(exchange: Exchange, rendered: Rendered): Rendered {
  exchange.record(rendered.status);
  return rendered;
}

function drop(exchange: Exchange, when: DropReply['drop']): void {
  if (when === 'before') {
    exchange.record('dropped');
    return cut(exchange.response);
  }
  const rendered = settle(exchange, exchange.handle(), 'dropped');
  return when === 'after' ? cut(exchange.response) : sendHalf(exchange.response, rendered);
}

async function answerSlowly(
  exchange: Exchange,
  {acceptedAfterMs = 0, outcome, afterMs}: SlowReply['slow'],
): Promise<void> {
  const {call, response} = exchange;
  await pause(exchange, acceptedAfterMs);
  const planned = exchange.handle();
  if (isFault(planned)) return finish(exchange, planned);

  const entry = exchange.record(202);
  response.writeHead(202, render(planned, call).headers);
  response.flushHeaders();
  await pause(exchange, afterMs);
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
