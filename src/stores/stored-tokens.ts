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

/** The tokens in a text that was stored; `undefined` for anything else, so that nobody sends `Bearer undefined`. */
export function readTokens(text: string): Tokens | undefined {
  try {
    const value = copyTokens(JSON.parse(text) as Tokens);
    return isText(value.accessToken) &&
      isTime(value.accessExpiresAt) &&
      (value.refreshToken === undefined || isText(value.refreshToken)) &&
      (value.refreshExpiresAt === undefined || isTime(value.refreshExpiresAt))
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isTime = (value: unknown): boolean => typeof value === 'number';
