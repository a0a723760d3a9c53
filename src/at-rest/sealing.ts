import {createCipheriv, createDecipheriv, randomBytes} from 'node:crypto';
import {PolicyError} from '../core/policy-error.ts';

/** 32 bytes, or the same as base64 or hex text. */
export type EncryptionKey = string | Uint8Array;

/** Turns texts into bytes at rest and back; `name` is bound to them, so that rows can't be swapped. */
export interface Seal {
  seal(name: string, text: string): Uint8Array;
  open(name: string, bytes: Uint8Array): string;
}

const PLAIN = 0;
const AES_256_GCM = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Writes with the first key, reads with any; without keys writes plainly. Plain rows are read in both cases. */
function sealWith(keys: readonly Buffer[]): Seal {
  return {
    seal(name, text) {
      const [key] = keys;
      if (!key) return Buffer.concat([Buffer.of(PLAIN), Buffer.from(text)]);
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(AES_256_GCM), iv, cipher.getAuthTag(), body]);
    },
    open(name, bytes) {
      const data = Buffer.from(bytes);
      if (data[0] === PLAIN) return data.subarray(1).toString('utf8');
      if (keys.length === 0) throw unreadable(name, 'it is encrypted, and no `encryptionKey` was given');
      for (const key of keys) {
        try {
          return decrypted(name, key, data);
        } catch {
          // Perhaps written with the other key.
        }
      }
      throw unreadable(name, 'neither `encryptionKey` nor `previousKey` opens it');
    },
  };
}

function decrypted(name: string, key: Buffer, data: Buffer): string {
  const iv = data.subarray(1, 1 + IV_BYTES);
  const tag = data.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, {authTagLength: TAG_BYTES});
  decipher.setAAD(Buffer.from(name)).setAuthTag(tag);
  return decipher.update(data.subarray(1 + IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
}

function unreadable(name: string, why: string): PolicyError {
  return new PolicyError('CONFIGURATION', `The tokens of "${name}" cannot be read: ${why}.`);
}

/** How tokens are encrypted at rest. */
export interface SealOptions {
  /** Encrypts tokens at rest with AES-256-GCM. @default none: tokens are stored plainly */
  readonly encryptionKey?: EncryptionKey | undefined;
  /** Still read, no longer written: give the old key here while you change keys. */
  readonly previousKey?: EncryptionKey | undefined;
}

/** @throws `PolicyError` with code `CONFIGURATION` unless each is 32 bytes. The values themselves are never shown. */
export function sealOf(owner: string, {encryptionKey, previousKey}: SealOptions): Seal {
  const keys = [
    ...(encryptionKey === undefined ? [] : [keyBytes(owner, 'encryptionKey', encryptionKey)]),
    ...(previousKey === undefined ? [] : [keyBytes(owner, 'previousKey', previousKey)]),
  ];
  if (encryptionKey === undefined && previousKey !== undefined) {
    throw new PolicyError(
      'CONFIGURATION',
      `Expected \`encryptionKey\` of ${owner} beside \`previousKey\`, got nothing.`,
    );
  }
  return sealWith(keys);
}

function keyBytes(owner: string, option: string, key: EncryptionKey): Buffer {
  const bytes =
    typeof key === 'string' ? decoded(key) : key instanceof Uint8Array ? Buffer.from(key) : undefined;
  if (bytes?.length === 32) return bytes;
  const got = bytes === undefined ? `a ${typeof key} that is none of these` : String(bytes.length);
  throw new PolicyError(
    'CONFIGURATION',
    `Expected \`${option}\` of ${owner} to be 32 bytes (as bytes, hex or base64), got ${got}.`,
  );
}

/** `Buffer.from` skips what is no base64, so that a passphrase of the right length would pass for a key. */
function decoded(key: string): Buffer | undefined {
  if (/^[\da-f]*$/i.test(key)) return Buffer.from(key, 'hex');
  return /^[\w+/-]*={0,2}$/.test(key) ? Buffer.from(key, 'base64') : undefined;
}
