import {finished} from 'node:stream';

/**
 * What ends one call early. It follows the caller's signals with a controller of its own, so that a signal that
 * outlives the call keeps nothing of it.
 */
export interface Line {
  readonly signal: AbortSignal;
  /**
   * The call is over: the signals still stop the body that was handed out, as with fetch, until it is read to its
   * end or nobody holds it any more.
   */
  leave(body?: ReadableStream | null): void;
}

interface Hold {
  readonly signal: AbortSignal;
  readonly stop: () => void;
}

/** `undefined` where nothing can end the call. `kept`: a `Request`, whose signal works only while it lives. */
export function openLine(
  one: AbortSignal | undefined,
  other: AbortSignal | undefined,
  kept?: unknown,
): Line | undefined {
  if (!one && !other) return undefined;
  const signals = [...new Set([one, other])].filter(signal => signal !== undefined);
  const controller = new AbortController();
  const holds = signals.map(signal => holdOn(signal, () => controller.abort(signal.reason)));
  return {
    signal: controller.signal,
    leave(body) {
      holds.forEach(letGo);
      // A fetch of another make may hand out a body of another kind.
      const followed = body instanceof ReadableStream && !controller.signal.aborted;
      if (followed) followBody(body, controller, signals, kept);
    },
  };
}

function holdOn(signal: AbortSignal, stop: () => void): Hold {
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, {once: true});
  return {signal, stop};
}

function letGo({signal, stop}: Hold): void {
  signal.removeEventListener('abort', stop);
}

/** A controller lives as long as the body that it stops. */
const keepers = new WeakMap<ReadableStream, unknown>();
const unread = new FinalizationRegistry<Hold[]>(holds => holds.forEach(letGo));

function followBody(
  body: ReadableStream,
  controller: AbortController,
  signals: readonly AbortSignal[],
  kept: unknown,
): void {
  const weak = new WeakRef(controller);
  const holds = signals.map(signal => holdOn(signal, () => weak.deref()?.abort(signal.reason)));
  keepers.set(body, [controller, kept]);
  unread.register(body, holds);
  // Hears of the end without locking the body; Node knows Web streams here, its types do not.
  finished(body as never, () => holds.forEach(letGo));
}

/** A signal that aborts with the first of two that live no longer than the call itself. */
export function eitherOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  if (!other) return one;
  const controller = new AbortController();
  for (const signal of [one, other]) holdOn(signal, () => controller.abort(signal.reason));
  return controller.signal;
}
