import type {AuthMethod, TokenSource} from '../ports.ts';
import {credentials, type Credentials} from './credentials.ts';
import {tokenClient, tokensFrom} from './token-request.ts';

/** 1 hour: https://smartcar.com/docs/api-reference/authorization/request-access-token */
const LIFETIMES = {accessMs: 3_600_000};

/**
 * v3: one token for the whole application, by the client credentials grant; the owner is named by the header
 * `sc-user-id`, which is the call's `user`.
 *
 * Source: https://smartcar.com/docs/api-reference/authorization/request-access-token
 *
 * @throws `PolicyError` with code `CONFIGURATION` where id or secret is missing.
 *
 * @example
 * const policy = createPolicy({auth: applicationToken()}); // reads SMARTCAR_CLIENT_ID and SMARTCAR_CLIENT_SECRET
 */
export function applicationToken(options: Credentials = {}): AuthMethod {
  const {clientId, clientSecret} = credentials('applicationToken', options);
  return {
    clientId,
    version: '3',
    secret: () => clientSecret,
    open({origins, fetch, clock}): TokenSource {
      const endpoint = new URL('/oauth2/token', origins.authV3);
      const client = tokenClient(
        {fetch},
        endpoint,
        clientId,
        openid => openid.ClientSecretPost(clientSecret),
        [clientSecret],
      );
      return {
        api: 'oauth-v3',
        perUser: false,
        key: () => `application:${clientId}`,
        async renew() {
          const {openid, config} = await client();
          const askedAt = clock.now();
          return tokensFrom(await openid.clientCredentialsGrant(config), askedAt, LIFETIMES);
        },
        headers: (accessToken, user) => ({
          authorization: `Bearer ${accessToken}`,
          ...(user !== undefined && {'sc-user-id': user}),
        }),
      };
    },
  };
}
