/** One request taken apart, so that it can be sent again. */
export interface Parts {
  readonly url: string | URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: RequestInit['body'];
  /** A stream can be sent only once. */
  readonly replayable: boolean;
  readonly signal: AbortSignal | undefined;
  readonly redirect: NonNullable<RequestInit['redirect']>;
  /** Everything else that fetch was given. */
  readonly rest: RequestInit;
}

/** Takes fetch's arguments apart. The body of a `Request` is read once, as fetch itself would. */
export async function takeApart(input: string | URL | Request, init: RequestInit): Promise<Parts> {
  const {method, headers, body, signal, redirect, ...rest} = init;
  if (!(input instanceof Request)) {
    return {
      url: input,
      method: method ?? 'GET',
      headers: new Headers(headers),
      body: snapshot(body),
      replayable: isReplayable(body),
      signal: signal ?? undefined,
      redirect: redirect ?? 'follow',
      rest,
    };
  }
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
  if (body instanceof ArrayBuffer) return body.slice(0);
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  }
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  if (!(body instanceof FormData)) return body ?? null;
  const copy = new FormData();
  for (const [name, value] of body) {
    if (typeof value === 'string') copy.append(name, value);
    else copy.append(name, value, value.name);
  }
  return copy;
}
