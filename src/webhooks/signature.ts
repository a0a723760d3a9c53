import {createHmac, timingSafeEqual} from 'node:crypto';

/** Hex HMAC-SHA256 with the application management token: what `SC-Signature` holds, and the answer to a challenge. */
export function hmacOf(token: string, message: string | Uint8Array): string {
  return createHmac('sha256', token).update(message).digest('hex');
}

/** Whether a signature, in either letter case, is that of these very bytes. Takes the same time wherever it differs. */
export function isSigned(token: string, body: Uint8Array, signature: string | null): boolean {
  if (signature === null || !/^[\da-f]{64}$/i.test(signature)) return false;
  return timingSafeEqual(Buffer.from(signature, 'hex'), Buffer.from(hmacOf(token, body), 'hex'));
}

/**
 * Whether a challenge may be answered, which is to sign it for whoever sent it: no event can be written with these
 * characters alone, so nobody gets a forged one signed.
 *
 * Source: https://smartcar.com/docs/integrations/webhooks/callback-verification
 */
export function isHarmless(challenge: unknown): challenge is string {
  return typeof challenge === 'string' && /^[\w-]{1,128}$/.test(challenge);
}
