// Between Node's requests and responses, Express's included, and those of the Web platform.
import type {Readable} from 'node:stream';
import {ReadableStream} from 'node:stream/web';
import {PolicyError} from '../core/policy-error.ts';

/** A request of `node:http`, `node:http2` or Express. */
export interface NodeRequest extends Readable {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket?: object | null;
  /** Express: the URL before a router has cut its own part off. */
  readonly originalUrl?: string;
  /** Express: what `trust proxy` makes of it. */
  readonly protocol?: string;
  /** The bytes as they came, where something has read them already: Firebase has it, and `express.json({verify})`. */
  readonly rawBody?: unknown;
  /** What a body parser has made of it: as good as raw after `express.raw()` or `express.text()`. */
  readonly body?: unknown;
}

/** A response of `node:http`, `node:http2` or Express. */
export interface NodeResponse {
  statusCode: number;
  readonly headersSent: boolean;
  readonly destroyed?: boolean;
  readonly req?: {readonly complete?: boolean; readonly httpVersionMajor?: number};
  setHeader(name: string, value: string | string[]): unknown;
  once(event: 'close' | 'error', listener: () => void): unknown;
  end(body: Uint8Array): unknown;
}

/**
 * The same request for the Web platform, its body unread: for `policy.webhooks.handle` and `policy.connect.handleCallback`.
 *
 * @throws `PolicyError` with code `CONFIGURATION` where a body parser has been before and left no raw body.
 *
 * @example
 * createServer(async (req, res) => send(await policy.webhooks.handle(toRequest(req)), res));
 */
export function toRequest(req: NodeRequest): Request {
  const method = req.method ?? 'GET';
  const headers = headersOf(req.headers);
  const url = urlOf(req);
  if (method === 'GET' || method === 'HEAD') return new Request(url, {method, headers});
  const body = bodyOf(req);
  const init = {headers, body, duplex: 'half'} as const;
  if (!FORBIDDEN.test(method)) return new Request(url, {...init, method});
  // The Web platform knows no such request, yet anybody can send one: it must not bring a server down.
  return Object.defineProperty(new Request(url, {...init, method: 'POST'}), 'method', {value: method});
}

const FORBIDDEN = /^(connect|trace|track)$/i;

function headersOf(given: NodeRequest['headers']): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(given)) {
    // Those of HTTP/2 that are no headers.
    if (values === undefined || name.startsWith(':')) continue;
    for (const value of typeof values === 'string' ? [values] : values) headers.append(name, value);
  }
  return headers;
}

/** Host and path are a stranger's: whatever they are, this is a URL, and the path never becomes a host. */
function urlOf({url = '/', originalUrl = url, headers, protocol, socket}: NodeRequest): string {
  const isSecure = protocol === undefined ? isEncrypted(socket) : protocol === 'https';
  const host = String(headers['host'] ?? headers[':authority'] ?? '');
  const path = originalUrl.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').replace(/^(?!\/)/, '/');
  const origin = `${isSecure ? 'https' : 'http'}://${host}`;
  return isHost(host) && URL.canParse(origin) ? origin + path : `http://localhost${path}`;
}

function isEncrypted(socket: NodeRequest['socket']): boolean {
  return socket instanceof Object && 'encrypted' in socket && socket.encrypted === true;
}

function isHost(host: string): boolean {
  return /^[\w.:[\]-]+$/.test(host);
}

type Body = Uint8Array<ArrayBuffer> | string | ReadableStream;

function bodyOf(req: NodeRequest): Body {
  const read = [req.rawBody, req.body].find(isRaw);
  if (read !== undefined) return typeof read === 'string' ? read : new Uint8Array(read);
  const untouched = !req.readableDidRead && !req.readableEnded && !req.destroyed;
  if (untouched) return streamOf(req);
  throw new PolicyError(
    'CONFIGURATION',
    'Expected the raw body of the request, got one that is parsed: a signature is that of the bytes as they came. ' +
      'Put the route before `express.json()`, use `express.raw({type: "*/*"})` for it, or keep the bytes: ' +
      '`express.json({verify: (req, res, bytes) => { req.rawBody = bytes; }})`.',
  );
}

function isRaw(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array;
}

/** Whoever stops reading leaves the connection as it is: an answer has to go back over it. */
function streamOf(req: Readable): ReadableStream {
  return ReadableStream.from(req.iterator({destroyOnReturn: false}));
}

/** Writes a `Response` of the Web platform. Resolves when it is written, or when there is nobody left to read it. */
export async function send(response: Response, res: NodeResponse): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  if (res.headersSent || res.destroyed === true) return;
  res.statusCode = response.status;
  for (const [name, value] of response.headers) if (name !== 'set-cookie') res.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) res.setHeader('set-cookie', cookies);
  // What was not read to its end would be taken for the next request.
  if (res.req?.complete === false && res.req.httpVersionMajor === 1) res.setHeader('connection', 'close');
  await new Promise<void>(resolve => {
    res.once('close', resolve);
    res.once('error', resolve);
    res.end(body);
  });
}
