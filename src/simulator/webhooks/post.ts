import {createHmac} from 'node:crypto';
import type {SimulatedTime} from '../clock.ts';

/** A body on its way to somebody's server. */
export interface Post {
  readonly url: string;
  readonly body: string;
  /** The application management token: key of the signature. */
  readonly token: string;
  readonly time: SimulatedTime;
  /** Gives up at once, as if the connection had failed. */
  readonly stop: AbortSignal;
  /** Whether anybody reads the answer; otherwise its body is thrown away unread. */
  readonly reads: boolean;
}

export interface Answer {
  readonly status: number | 'failed' | 'late';
  /** The beginning of the body, where it was asked for. */
  readonly text?: string;
}

/**
 * How long a receiver may take, on the simulator's clock.
 * @see https://smartcar.com/docs/api-reference/webhooks/delivery-behavior
 */
const answerWithinMs = 15_000;

/** Nobody needs more to answer a challenge. */
const keptBytes = 16_384;

/** Hex HMAC-SHA256, as in `SC-Signature` and in the answer to a challenge. */
export function sign(token: string, text: string): string {
  return createHmac('sha256', token).update(text).digest('hex');
}

/** Sends a signed body once. Never rejects; redirects are answers like any other. */
export async function post({url, body, token, time, stop, reads}: Post): Promise<Answer> {
  const over = new AbortController();
  const signal = AbortSignal.any([stop, over.signal]);
  let late = false;
  const giveUp = () => {
    late = true;
    over.abort();
  };
  time.sleep(answerWithinMs, signal).then(giveUp, () => {});
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {'content-type': 'application/json', 'SC-Signature': sign(token, body)},
      body,
      redirect: 'manual',
      signal,
    });
    const {status} = response;
    if (reads) return {status, text: await readStart(response)};
    // What a receiver has to say beyond its status is of no interest, and may have no end.
    await response.body?.cancel();
    return {status};
  } catch {
    return {status: late ? 'late' : 'failed'};
  } finally {
    over.abort();
  }
}

async function readStart({body}: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > keptBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
