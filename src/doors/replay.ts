/** One request taken apart, so that it can be sent again. */
export interface Parts {
  readonly url: string | URL;
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
  const {integrity, keepalive, referrerPolicy} = input;
  const own = body === undefined || body === null;
  return {
    url: input.url,
    method: method ?? input.method,
    headers: new Headers(headers ?? input.headers),
    body: own ? (input.body === null ? null : await input.arrayBuffer()) : snapshot(body),
    replayable: own || isReplayable(body),
    // As with fetch, null takes the request's own signal away.
    signal: signal === undefined ? input.signal : (signal ?? undefined),
    redirect: redirect ?? input.redirect,
    rest: {integrity, keepalive, referrerPolicy, ...rest},
  };
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
