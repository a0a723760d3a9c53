import {readEvidence, isResponseLike, type Evidence} from '../core/evidence/read.ts';
import type {FullClock} from './clock.ts';

/** The time and signal of one attempt. */
export interface Leash {
  readonly signal: AbortSignal;
  /** Settles as the promise does, or rejects with the signal's reason as soon as it aborts. */
  race<T>(promise: Promise<T>): Promise<T>;
  /** Lets go: no listener and no timer is left. */
  release(): void;
}

/** Own controller, one listener on the caller's signal: a signal that outlives the call keeps nothing of it. */
export function leash(
  clock: FullClock,
  caller: AbortSignal | undefined,
  timeoutMs: number,
  late: () => unknown,
): Leash {
  const controller = new AbortController();
  const {signal} = controller;
  let reject: ((reason: unknown) => void) | undefined;
  const abort = (reason: unknown): void => {
    controller.abort(reason);
    reject?.(reason);
  };
  const onCaller = (): void => abort(caller?.reason);
  if (caller?.aborted) onCaller();
  else caller?.addEventListener('abort', onCaller, {once: true});
  const cancelTimer =
    timeoutMs === Infinity ? undefined : clock.timer(Math.max(0, timeoutMs), () => abort(late()));
  return {
    signal,
    race(promise) {
      return new Promise((resolve, fail) => {
        reject = fail;
        if (signal.aborted) fail(signal.reason);
        promise.then(value => (signal.aborted ? discard(value) : resolve(value)), fail);
      });
    },
    release() {
      cancelTimer?.();
      caller?.removeEventListener('abort', onCaller);
    },
  };
}

/** An unread body keeps its socket: nobody will read this one. */
export function discard(value: unknown): void {
  if (!isResponseLike(value)) return;
  const {body, bodyUsed} = value as Response;
  if (body && !bodyUsed && !body.locked) body.cancel().catch(() => undefined);
}

export function isFailedResponse(value: unknown): value is Response {
  return isResponseLike(value) && (value as Response).status >= 400;
}

/** Error bodies are short; of a longer one the rest is not waited for. */
const LONGEST_BODY = 256 * 1024;

/** Reads a response's error without touching its body: the caller gets it unread. */
export async function readResponse(response: Response): Promise<readonly Evidence[]> {
  const {status, headers} = response;
  const body = await textOfClone(response).catch(() => '');
  return readEvidence(body, {status, headers});
}

async function textOfClone(response: Response): Promise<string> {
  if (response.bodyUsed || response.body === null) return '';
  const reader = response.clone().body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, {stream: true});
    if (text.length > LONGEST_BODY) {
      // Of two branches of one body, a cancel settles only when both are cancelled: not to be waited for.
      reader.cancel().catch(() => undefined);
      return text;
    }
  }
}
