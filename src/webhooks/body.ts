import type {Clock} from '../ports.ts';

/** Why a body could not be had. */
export type NoBody = 'too-large' | 'unreadable';

/**
 * Reads the bytes of a request, as they came over the wire. Stops at the first byte too many, keeps no more than are
 * allowed, and does not wait for one that never comes.
 */
export async function bytesOf(
  request: Request,
  most: {readonly bytes: number; readonly ms: number},
  clock: Required<Pick<Clock, 'timer'>>,
): Promise<Uint8Array | NoBody> {
  if (Number(request.headers.get('content-length') ?? 0) > most.bytes) return 'too-large';
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  // A read that is under way ends as if the body had: what is there is not looked at.
  let late = false;
  const giveUp = (): void => {
    late = true;
    stop(reader);
  };
  const cancel = clock.timer(most.ms, giveUp);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const chunk = part.value as Uint8Array;
      size += chunk.byteLength;
      if (size > most.bytes) {
        stop(reader);
        return 'too-large';
      }
      chunks.push(chunk);
    }
    return late ? 'unreadable' : Buffer.concat(chunks);
  } catch {
    return 'unreadable';
  } finally {
    cancel();
  }
}

/** Whoever sends may never come to an end: nobody waits for them. */
function stop(reader: {cancel(): Promise<void>}): void {
  reader.cancel().catch(() => undefined);
}
