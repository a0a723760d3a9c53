import type {AuthMethod, Tokens, TokenSource} from '../../../src/ports.ts';

const HOUR_MS = 3_600_000;

/** A pair that holds for an hour of the manual clock's first day. */
export function pair(name: string, now: number, lifeMs: number = HOUR_MS): Tokens {
  return {accessToken: `access-${name}`, refreshToken: `refresh-${name}`, accessExpiresAt: now + lifeMs};
}

/** Says what openid-client says about a grant that is gone. */
export function invalidGrant(): Error {
  return Object.assign(new Error('invalid_grant'), {
    code: 'OAUTH_RESPONSE_BODY_ERROR',
    error: 'invalid_grant',
    status: 400,
  });
}

/** Tokens for each user, renewed by the function that is given. */
export function fakeAuth(renew: TokenSource['renew'], perUser = true): AuthMethod {
  return {
    clientId: 'client',
    version: perUser ? '2' : '3',
    redirectUri: 'https://example.com/back',
    secret: () => 'the-secret-of-the-client',
    open: () => ({
      api: perUser ? 'oauth-v2' : 'oauth-v3',
      perUser,
      key: user => (perUser ? `user:${user ?? ''}` : 'application'),
      renew,
      headers: accessToken => ({authorization: `Bearer ${accessToken}`}),
    }),
  };
}
