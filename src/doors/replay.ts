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
  if (typeof input === 'string' || input instanceof URL) {
    return {
      url: input,
      method: method ?? 'GET',
      headers: new Headers(headers),
      body: body ?? null,
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
    body: own ? (input.body === null ? null : await input.arrayBuffer()) : body,
    replayable: own || isReplayable(body),
    signal: signal ?? input.signal,
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
