import {timingSafeEqual} from 'node:crypto';
import type {Call} from '../http/answer.ts';
import type {Application} from '../world.ts';

export function bearerOf(call: Call): string | undefined {
  return /^Bearer +(\S+)$/i.exec(call.headers.authorization ?? '')?.[1];
}

/** Basic credentials as the API takes them: plain base64 of `id:secret`, not form-encoded first. */
export function basicOf(call: Call): {readonly id: string; readonly secret: string} | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(call.headers.authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon === -1 ? undefined : {id: decoded.slice(0, colon), secret: decoded.slice(colon + 1)};
}

export function isApplication(
  application: Application,
  given: {readonly id: string; readonly secret: string} | undefined,
): boolean {
  return (
    given !== undefined &&
    same(given.id, application.clientId) &&
    application.clientSecrets.some(secret => same(given.secret, secret))
  );
}

function same(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
