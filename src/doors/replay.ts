/** One request taken apart, so that it can be sent again. */
export interface Parts {
  readonly url: string | URL;
  /** The `Request` that it came as: some of what it carries, such as a dispatcher, nobody can read. */
  readonly request?: Request;
  readonly method: string;
  /** `undefined` where the caller gave none. */
  readonly headers: Headers | undefined;
  readonly body: RequestInit['body'];
  /** A stream can be sent only once. */
  readonly replayable: boolean;
  readonly signal: AbortSignal | undefined;
  readonly redirect: NonNullable<RequestInit['redirect']>;
  /** Everything else that fetch was given. */
  readonly rest: RequestInit;
}

/** Takes fetch's arguments apart. */
export function takeApart(url: string | URL, init: RequestInit): Parts {
  const {method = 'GET', headers, body, signal, redirect = 'follow', ...rest} = init;
  return {
    url,
    method,
    headers: headers === undefined ? undefined : new Headers(headers),
    body: snapshot(body),
    replayable: isReplayable(body),
    signal: signal ?? undefined,
    redirect,
    rest,
  };
}

/** The same for a `Request`, whose body is read once, as fetch itself would. */
export async function takeRequestApart(input: Request, init: RequestInit): Promise<Parts> {
  const {method, headers, body, signal, redirect, ...rest} = init;
  const {cache, credentials, integrity, keepalive, mode, referrerPolicy} = input;
  const own = body === undefined || body === null;
  // As with fetch, null takes the request's own signal away.
  const heard = signal === undefined ? input.signal : (signal ?? undefined);
  return {
    url: input.url,
    request: input,
    method: method ?? input.method,
    headers: new Headers(headers === undefined ? input.headers : headers),
    body: own ? await bodyOf(input, heard) : snapshot(body),
    replayable: own || isReplayable(body),
    signal: heard,
    redirect: redirect ?? input.redirect,
    rest: {cache, credentials, integrity, keepalive, mode, referrerPolicy, ...rest},
  };
}

async function bodyOf(input: Request, signal: AbortSignal | undefined): Promise<RequestInit['body']> {
  const {body} = input;
  if (body === null) return null;
  if (input.bodyUsed || body.locked) {
    throw new TypeError('Cannot construct a Request with a Request object that has already been used.');
  }
  const reader = body.getReader();
  // Whoever fills the stream learns that nobody reads it any more.
  const stop = (): void => void reader.cancel(signal?.reason).catch(() => undefined);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, {once: true});
  const bytes = await bytesOf(reader).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new TypeError('fetch failed', {cause});
  });
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  return bytes;
}

/** Node's fetch takes pieces of text too. */
async function bytesOf(
  reader: ReadableStreamDefaultReader<Uint8Array | string>,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return Buffer.concat(chunks);
    chunks.push(typeof value === 'string' ? Buffer.from(value) : value);
  }
}

/** What fetch reads of its options; an object that inherits them, such as a `Request`, has none of its own. */
const MEMBERS = [
  'policy',
  'method',
  'headers',
  'body',
  'cache',
  'credentials',
  'dispatcher',
  'duplex',
  'integrity',
  'keepalive',
  'mode',
  'redirect',
  'referrerPolicy',
  'signal',
] as const;

/** fetch's options with what they inherit, as fetch itself reads them. */
export function membersOf<T extends object>(init: T): T {
  const parent: unknown = Object.getPrototypeOf(init);
  if (parent === Object.prototype || parent === null) return init;
  const inherited = init as unknown as Record<string, unknown>;
  const members = MEMBERS.map(name => [name, inherited[name]]).filter(([, value]) => value !== undefined);
  return {...init, ...Object.fromEntries(members)} as T;
}

function isReplayable(body: RequestInit['body']): boolean {
  if (body === null || body === undefined || typeof body === 'string') return true;
  return (
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body) ||
    body instanceof Blob ||
    body instanceof FormData ||
    body instanceof URLSearchParams
  );
}

/** fetch takes the bytes at once: what the caller writes into its buffer later is in no repeat either. */
function snapshot(body: RequestInit['body']): RequestInit['body'] {
  if (body === undefined || body === null || typeof body === 'string') return body ?? null;
  if (body instanceof ArrayBuffer) return body.slice(0);
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  }
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  if (!(body instanceof FormData)) return body;
  const copy = new FormData();
  for (const [name, value] of body) {
    if (typeof value === 'string') copy.append(name, value);
    else copy.append(name, value, value.name);
  }
  return copy;
}
