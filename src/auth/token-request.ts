import {
  allowInsecureRequests,
  Configuration,
  customFetch,
  type ClientAuth,
  type TokenEndpointResponse,
} from 'openid-client';
import type {Surroundings, Tokens} from '../ports.ts';

/** Seconds. Shorter than the lease of the refresh lock, so that a slow answer still finds it held. */
const TIMEOUT_S = 20;

/** openid-client set up for one token endpoint; Smartcar has no discovery document. */
export function tokenClient(
  {fetch}: Pick<Surroundings, 'fetch'>,
  tokenEndpoint: URL,
  clientId: string,
  authentication: ClientAuth,
): Configuration {
  const server = {issuer: tokenEndpoint.origin, token_endpoint: tokenEndpoint.href};
  const config = new Configuration(server, clientId, undefined, authentication);
  config.timeout = TIMEOUT_S;
  config[customFetch] = (url, {duplex: _duplex, body, ...init}) =>
    fetch(url, {...init, ...(body !== undefined && body !== null && {body})});
  // Loopback only: the origins were checked when the policy was made.
  if (tokenEndpoint.protocol === 'http:') allowInsecureRequests(config);
  return config;
}

/** Times become absolute, counted from before the request was sent: `expires_in` says nothing once it is stored. */
export function tokensFrom(answer: TokenEndpointResponse, askedAt: number, defaults: TokenLifetimes): Tokens {
  const {access_token, refresh_token, expires_in} = answer;
  const lifetimeMs = expires_in === undefined ? defaults.accessMs : expires_in * 1000;
  return {
    accessToken: access_token,
    accessExpiresAt: askedAt + lifetimeMs,
    ...(refresh_token !== undefined && {
      refreshToken: refresh_token,
      ...(defaults.refreshMs !== undefined && {refreshExpiresAt: askedAt + defaults.refreshMs}),
    }),
  };
}

/** For what the answer leaves out, in milliseconds. */
export interface TokenLifetimes {
  readonly accessMs: number;
  readonly refreshMs?: number;
}
