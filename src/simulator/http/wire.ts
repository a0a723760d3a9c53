import type {ServerResponse} from 'node:http';
import type {Rendered} from '../errors/envelopes.ts';

/** Sends a whole answer. */
export function send(response: ServerResponse, {status, headers, body}: Rendered): void {
  // Without a length, a bodiless answer would go out chunked.
  const length = body === undefined && status !== 204 ? {'content-length': '0'} : lengthOf(body);
  response.writeHead(status, {...headers, ...length});
  response.end(body);
}

/** Cuts the connection without a word. */
export function cut(response: ServerResponse): void {
  response.socket?.destroy();
}

/** Promises the whole body, sends half of it, and cuts the connection. */
export function sendHalf(response: ServerResponse, {status, headers, body}: Rendered): void {
  if (body === undefined) return cut(response);
  response.writeHead(status, {...headers, ...lengthOf(body)});
  const bytes = Buffer.from(body);
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
  cutWhenFlushed(response);
}

/** Cuts the connection once what was written has left. */
export function cutWhenFlushed(response: ServerResponse): void {
  response.socket?.destroySoon();
}

function lengthOf(body: string | undefined): {'content-length'?: string} {
  return body === undefined ? {} : {'content-length': String(Buffer.byteLength(body))};
}
