import {readEvidence, isResponseLike, type Evidence} from '../core/evidence/read.ts';
import type {FullClock} from './clock.ts';

/** The time and the end of one attempt. */
export interface Leash {
  /** Most requests are never stopped, and a signal is a cost to fetch: it is made when it is asked for. */
  readonly signal: () => AbortSignal;
  /** Settles as the promise does, or rejects with the reason as soon as the attempt is ended. */
  readonly race: <T>(promise: Promise<T>) => Promise<T>;
  /** Lets go: no listener and no timer is left. */
  readonly release: () => void;
}

/** Own controller, one listener on the caller's signal: a signal that outlives the call keeps nothing of it. */
export function leash(
  clock: Pick<FullClock, 'timer'>,
  caller: AbortSignal | undefined,
  timeoutMs: number,
  late: () => unknown,
): Leash {
  let controller: AbortController | undefined;
  let ended: {readonly reason: unknown} | undefined;
  let rejectRace: ((reason: unknown) => void) | undefined;
  const end = (reason: unknown): void => {
    ended = {reason};
    controller?.abort(reason);
    rejectRace?.(reason);
  };
  const onCaller = caller && ((): void => end(caller.reason));
  if (caller?.aborted) end(caller.reason);
  else if (onCaller) caller?.addEventListener('abort', onCaller, {once: true});
  const cancel = timeoutMs < Infinity ? clock.timer(Math.max(0, timeoutMs), () => end(late())) : undefined;
  return {
    signal() {
      controller ??= new AbortController();
      if (ended) controller.abort(ended.reason);
      return controller.signal;
    },
    race: promise =>
      new Promise((resolve, reject) => {
        rejectRace = reject;
        if (ended) reject(ended.reason);
        promise.then(value => (ended ? discard(value) : resolve(value)), reject);
      }),
    release() {
      cancel?.();
      if (onCaller) caller?.removeEventListener('abort', onCaller);
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
  // Node's own first: a look at every member of a stranger costs ten times as much.
  if (value instanceof Response) return value.status >= 400;
  return isResponseLike(value) && (value as Response).status >= 400;
}

/** Error bodies are short; of a longer one the rest is not waited for. */
const LONGEST_BODY = 256 * 1024;

/**
 * Reads a response's error without touching its body: the caller gets it unread. One that breaks, or has not come to its
 * end in time, says nothing: status and headers are all there is.
 */
export async function readResponse(
  response: Response,
  race: Leash['race'],
  api?: Evidence['api'],
): Promise<readonly Evidence[]> {
  const {status, headers} = response;
  const copy = readerOfCopy(response);
  const body = copy ? await race(textFrom(copy)).catch(() => '') : '';
  // Two branches of one body are only cancelled together: the caller's must not wait for this one, nor this for theirs.
  copy?.cancel().catch(() => undefined);
  return readEvidence(body, {status, headers, ...(api && {api})});
}

function readerOfCopy(response: Response): ReadableStreamDefaultReader<Uint8Array> | undefined {
  try {
    return response.bodyUsed ? undefined : response.clone().body?.getReader();
  } catch {
    // One that somebody is reading has no copy.
    return undefined;
  }
}

async function textFrom(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  while (text.length <= LONGEST_BODY) {
    const {done, value} = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, {stream: true});
  }
  return text;
}
