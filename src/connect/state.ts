import {createHash, createHmac, randomBytes, timingSafeEqual} from 'node:crypto';

/** What comes back with the owner from Connect. Readable by the owner, not forgeable. */
export interface ConnectState {
  readonly user: string;
  readonly vehicle?: string;
  readonly episode?: string;
  /** What the redirect has to bring; absent where the server made the link. */
  readonly expects?: 'code' | 'vehicle_id' | 'none';
  /** A hash of the browser's session, where the link was made for one. */
  readonly session?: string;
  /** Makes each link one of its own, and lets it be spent once. */
  readonly nonce: string;
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** `payload.signature`, both base64url; HMAC-SHA256 over the payload. */
export function signState(state: ConnectState, secret: string): string {
  const payload = Buffer.from(JSON.stringify(state)).toString('base64url');
  return `${payload}.${signatureOf(payload, secret).toString('base64url')}`;
}

/** What was signed; `undefined` for anything else. Nothing is parsed before the signature has been compared. */
export function readState(text: string, secret: string): ConnectState | undefined {
  if (text.length > LONGEST_STATE) return undefined;
  const [payload = '', signature = '', ...more] = text.split('.');
  if (more.length > 0) return undefined;
  if (!sameBytes(Buffer.from(signature, 'base64url'), signatureOf(payload, secret))) return undefined;
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as ConnectState;
}

/** What a state says, whoever has signed it. */
export function unprovedState(text: string): ConnectState | undefined {
  try {
    return JSON.parse(Buffer.from(text.split('.')[0] ?? '', 'base64url').toString()) as ConnectState;
  } catch {
    return undefined;
  }
}

const LONGEST_STATE = 8_192;

function signatureOf(payload: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`connect-state:${payload}`).digest();
}

/** Both as long as a hash, so that the time tells nothing, not even the length. */
function sameBytes(one: Buffer, other: Buffer): boolean {
  const [first, second] = [one, other].map(bytes => createHash('sha256').update(bytes).digest());
  return (
    one.length === other.length &&
    first !== undefined &&
    second !== undefined &&
    timingSafeEqual(first, second)
  );
}

/** A session of the browser as it stands in a state: nobody can read the session itself there. */
export function sessionMark(session: string, secret: string): string {
  return createHmac('sha256', secret).update(`connect-session:${session}`).digest('base64url');
}

export function sameMark(one: string | undefined, other: string): boolean {
  return one !== undefined && sameBytes(Buffer.from(one), Buffer.from(other));
}

/** The key that signs: the one that was set, else one made from the client secret, which itself signs nothing here. */
export function stateKey(stateSecret: string | undefined, clientSecret: string | undefined): string {
  if (stateSecret !== undefined) return stateSecret;
  if (clientSecret === undefined) return randomBytes(32).toString('base64');
  return createHmac('sha256', clientSecret).update('smartcar-policy connect state').digest('base64');
}
