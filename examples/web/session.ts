import {randomUUID} from 'node:crypto';
import type {Context} from 'hono';
import {getCookie, setCookie} from 'hono/cookie';

const NAME = 'session';

/**
 * What tells one browser from another. Connect's answer is taken from the browser that set out only. Your product has
 * a login, and its own session goes here.
 */
export function sessionOf(context: Context): string {
  const known = getCookie(context, NAME);
  if (known !== undefined && known !== '') return known;
  const session = randomUUID();
  // Lax, not Strict: the way back from Connect starts on another site. On https add `secure: true`.
  setCookie(context, NAME, session, {httpOnly: true, sameSite: 'Lax', path: '/'});
  return session;
}
