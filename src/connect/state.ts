import {createHmac} from 'node:crypto';

/** What comes back with the owner from Connect. */
export interface ConnectState {
  readonly user: string;
  readonly vehicle?: string;
  readonly episode?: string;
  /** Makes each link one of its own. */
  readonly nonce: string;
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** `payload.signature`, both base64url; HMAC-SHA256 over the payload. Readable by the owner, not forgeable. */
export function signState(state: ConnectState, secret: string): string {
  const payload = Buffer.from(JSON.stringify(state)).toString('base64url');
  return `${payload}.${createHmac('sha256', secret).update(`connect-state:${payload}`).digest('base64url')}`;
}
