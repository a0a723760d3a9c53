import type {ServerResponse} from 'node:http';
import type {Rendered} from '../errors/envelopes.ts';

/** Sends a whole answer. */
export function send(response: ServerResponse, rendered: Rendered): void {
  const {status, headers, body} = rendered;
  response.writeHead(status, {...headers, ...lengthOf(rendered)});
  response.end(body);
}

/** Cuts the connection without a word. */
export function cut(response: ServerResponse): void {
  // The request's, since a response that waits behind another on the same connection has none yet.
  response.req.socket.destroy();
}

/** Promises the whole body, sends half of it, and cuts the connection. */
export function sendHalf(response: ServerResponse, rendered: Rendered): void {
  const {status, headers, body} = rendered;
  if (body === undefined) return cut(response);
  response.writeHead(status, {...headers, ...lengthOf(rendered)});
  response.write(halfOf(body));
  cutWhenFlushed(response);
}

/** Promises half of the body, and keeps the promise: all is well but the text, which stops in the middle. */
export function sendTruncated(response: ServerResponse, rendered: Rendered): void {
  const {status, headers, body} = rendered;
  if (body === undefined || status === 204) return send(response, rendered);
  const half = halfOf(body);
  response.writeHead(status, {...headers, 'content-length': String(half.length)});
  response.end(half);
}

/** Promises the whole body and sends it in pieces, until it is done or the client has gone. */
export async function sendPieces(
  response: ServerResponse,
  rendered: Rendered,
  bytes: number,
  pause: () => Promise<void>,
): Promise<void> {
  const {status, headers, body} = rendered;
  // What has no body to send has no pieces either.
  if (body === undefined || response.req.method === 'HEAD') return send(response, rendered);
  response.writeHead(status, {...headers, ...lengthOf(rendered)});
  const whole = Buffer.from(body);
  for (let at = 0; at < whole.length; at += bytes) {
    if (at > 0) await pause();
    if (response.closed) return;
    response.write(whole.subarray(at, at + bytes));
  }
  response.end();
}

/** Cuts the connection once what was written has left. */
export function cutWhenFlushed(response: ServerResponse): void {
  response.req.socket.destroySoon();
}

function halfOf(body: string): Buffer {
  const whole = Buffer.from(body);
  return whole.subarray(0, Math.floor(whole.length / 2));
}

/** Without a length, a bodiless answer would go out chunked; a 204 must not have one. */
function lengthOf({status, body = ''}: Rendered): {'content-length'?: string} {
  return status === 204 ? {} : {'content-length': String(Buffer.byteLength(body))};
}
