import {PolicyError} from '../core/policy-error.ts';
import {wrong} from '../core/wrong.ts';
import type {Tokens} from '../ports.ts';

/** A copy with the four members of `Tokens` and no other; one that is `undefined` is left out. */
export function copyTokens(tokens: Tokens): Tokens {
  const {accessToken, refreshToken, accessExpiresAt, refreshExpiresAt} = tokens;
  return {
    accessToken,
    ...(refreshToken !== undefined && {refreshToken}),
    accessExpiresAt,
    ...(refreshExpiresAt !== undefined && {refreshExpiresAt}),
  };
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isTime = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

const MEMBERS = [
  ['accessToken', 'a text that is not empty', isText, true],
  ['refreshToken', 'a text that is not empty', isText, false],
  ['accessExpiresAt', 'a time in epoch ms', isTime, true],
  ['refreshExpiresAt', 'a time in epoch ms', isTime, false],
] as const;

/**
 * Throws `CONFIGURATION` naming the member that is wrong, never its value: it could be a token in the wrong place.
 */
export function checkTokens(tokens: Tokens): void {
  if (typeof tokens !== 'object' || tokens === null) throw wrong('the tokens', 'an object', undefined);
  for (const [name, expected, passes, required] of MEMBERS) {
    const value = tokens[name];
    if (value === undefined ? !required : passes(value)) continue;
    throw wrong(`\`${name}\` of the tokens`, expected, typeof value === 'string' ? 'another text' : value);
  }
}

/** @throws `PolicyError` with code `CONFIGURATION`: what was stored under this key are no tokens. */
export function storedTokens(key: string, text: string): Tokens {
  const tokens = readTokens(text);
  if (tokens) return tokens;
  throw new PolicyError('CONFIGURATION', `The tokens of "${key}" cannot be read: the row is damaged.`);
}

/** The tokens in a text that was stored; `undefined` for anything else, so that nobody sends `Bearer undefined`. */
function readTokens(text: string): Tokens | undefined {
  try {
    const tokens = copyTokens(JSON.parse(text) as Tokens);
    checkTokens(tokens);
    return tokens;
  } catch {
    return undefined;
  }
}
