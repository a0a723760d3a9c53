import {PolicyError} from '../core/policy-error.ts';
import type {AuthMethod, TokenSource} from '../ports.ts';
import {credentials, type Credentials} from './credentials.ts';
import {tokenClient, tokensFrom} from './token-request.ts';

/** Options of `userTokens`. */
export interface UserTokensOptions extends Credentials {
  /** Where Connect sends the owner back to; also the default of `connect.redirectUri`. */
  readonly redirectUri?: string | undefined;
}

/** 2 hours and 60 days: https://smartcar.com/docs/api-reference/authorization/refresh-token. The answer omits the second. */
const LIFETIMES = {accessMs: 7_200_000, refreshMs: 60 * 24 * 3_600_000};

/**
 * v2: one rotating token pair for each owner, kept under the call's `user`. Save it when the owner comes from Connect
 * (`connect.handleCallback` does, else `tokens.save`); it is renewed by itself from then on.
 *
 * Source: https://smartcar.com/docs/api-reference/authorization/refresh-token
 *
 * @throws `PolicyError` with code `CONFIGURATION` where id or secret is missing, or `redirectUri` is no URL.
 *
 * @example
 * const auth = userTokens({redirectUri: 'https://product.example/callback'});
 */
export function userTokens(options: UserTokensOptions = {}): AuthMethod {
  const {clientId, clientSecret} = credentials('userTokens', options, [
    'clientId',
    'clientSecret',
    'redirectUri',
  ]);
  const {redirectUri} = options;
  if (redirectUri !== undefined && !(typeof redirectUri === 'string' && URL.canParse(redirectUri))) {
    throw new PolicyError(
      'CONFIGURATION',
      'Expected `redirectUri` of userTokens() to be an absolute URL, as registered with Smartcar.',
    );
  }
  return {
    clientId,
    ...(redirectUri !== undefined && {redirectUri}),
    version: '2',
    secret: () => clientSecret,
    open({origins, fetch, clock}): TokenSource {
      const credential = basic(clientId, clientSecret);
      const client = tokenClient(
        {fetch},
        new URL('/oauth/token', origins.auth),
        clientId,
        () => (_as, _client, _body, headers) => headers.set('authorization', `Basic ${credential}`),
        [clientSecret, credential],
      );
      return {
        api: 'oauth-v2',
        perUser: true,
        key: user => `user:${user ?? ''}`,
        async renew(current) {
          const refreshToken = current?.refreshToken;
          if (refreshToken === undefined)
            throw new PolicyError('CONFIGURATION', 'Expected a refresh token, got none.');
          const {openid, config} = await client();
          const askedAt = clock.now();
          return tokensFrom(await openid.refreshTokenGrant(config, refreshToken), askedAt, LIFETIMES);
        },
        async exchange(code, uri) {
          const {openid, config} = await client();
          const askedAt = clock.now();
          const parameters = {code, ...(uri !== undefined && {redirect_uri: uri})};
          const answer = await openid.genericGrantRequest(config, 'authorization_code', parameters);
          return tokensFrom(answer, askedAt, LIFETIMES);
        },
        headers: accessToken => ({authorization: `Bearer ${accessToken}`}),
      };
    },
  };
}

/** Plain base64 of `id:secret`: Smartcar does not form-encode them first, as RFC 6749 section 2.3.1 has it. */
function basic(id: string, secret: string): string {
  return Buffer.from(`${id}:${secret}`).toString('base64');
}
