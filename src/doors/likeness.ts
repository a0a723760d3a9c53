/** What a response says of where it came from, which no constructor takes. */
type Origin = Pick<Response, 'url' | 'redirected' | 'type'>;

/** A response that was made here says of itself what fetch's own would say; so do its clones. */
export function likened(response: Response, {url, redirected, type}: Origin): Response {
  // Its own: that of the global Response may be of another make, as where Hono's server has put its own there.
  const cloned = response.clone.bind(response);
  const clone = (): Response => likened(cloned(), {url, redirected, type});
  const members = {url, redirected, type, clone};
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(response, name, {value, configurable: true});
  }
  return response;
}

/** One branch of a body that others read too, as if it were the only one; the signal ends it with its reason. */
export function endedBy(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  // It settles only when all branches are let go of: not to be waited for.
  const leave = (reason: unknown): void => void reader.cancel(reason).catch(() => undefined);
  return new ReadableStream({
    type: 'bytes',
    start(controller) {
      const end = (): void => {
        controller.error(signal?.reason);
        leave(signal?.reason);
      };
      if (signal?.aborted) end();
      else signal?.addEventListener('abort', end, {once: true});
    },
    async pull(controller) {
      const {done, value} = await reader.read();
      if (signal?.aborted) return;
      // The branches of one body may share their pieces, and whoever reads bytes takes them away.
      if (!done) return controller.enqueue(new Uint8Array(value));
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel: leave,
  });
}
