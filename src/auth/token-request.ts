import type {ClientAuth, Configuration, TokenEndpointResponse} from 'openid-client';
import {redacted} from '../core/redacted.ts';
import type {Surroundings, Tokens} from '../ports.ts';

/** Seconds. Shorter than the lease of the refresh lock, so that a slow answer still finds it held. */
const TIMEOUT_S = 20;

/** openid-client, and its configuration for one token endpoint. */
export interface TokenClient {
  readonly openid: typeof import('openid-client');
  readonly config: Configuration;
}

/**
 * openid-client set up for one token endpoint; Smartcar has no discovery document. No error of it shows one of the
 * `secrets`, not even where the server repeats it. Loaded at the first token request: its import takes longer than
 * that of everything else.
 */
export function tokenClient(
  surroundings: Pick<Surroundings, 'fetch'>,
  tokenEndpoint: URL,
  clientId: string,
  authentication: (openid: TokenClient['openid']) => ClientAuth,
  secrets: readonly string[],
): () => Promise<TokenClient> {
  let client: Promise<TokenClient> | undefined;
  return () =>
    (client ??= import('openid-client').then(openid => ({
      openid,
      config: configured(openid, surroundings, tokenEndpoint, clientId, authentication(openid), secrets),
    })));
}

function configured(
  openid: TokenClient['openid'],
  {fetch}: Pick<Surroundings, 'fetch'>,
  tokenEndpoint: URL,
  clientId: string,
  authentication: ClientAuth,
  secrets: readonly string[],
): Configuration {
  const server = {issuer: tokenEndpoint.origin, token_endpoint: tokenEndpoint.href};
  const config = new openid.Configuration(server, clientId, undefined, authentication);
  config.timeout = TIMEOUT_S;
  config[openid.customFetch] = async (url, {duplex: _duplex, body, ...init}) => {
    const given = body !== undefined && body !== null;
    const sent = body instanceof URLSearchParams ? [body.get('refresh_token'), body.get('code')] : [];
    const hidden = [...secrets, ...sent.filter(one => one !== null)];
    return readable(await fetch(url, {...init, ...(given && {body})}), hidden);
  };
  // Loopback only: the origins were checked when the policy was made.
  if (tokenEndpoint.protocol === 'http:') openid.allowInsecureRequests(config);
  return config;
}

/**
 * The whole answer, in the shape that openid-client insists on: what it refuses may hold a pair that has just been
 * rotated, or say that a grant is dead. Read to its end, so that an unread body holds no socket.
 */
async function readable(answer: Response, secrets: readonly string[]): Promise<Response> {
  const {status} = answer;
  const text = await answer.text();
  const headers = new Headers();
  for (const [name, value] of answer.headers) {
    // With a challenge beside it, the body's own `error` would not be looked at.
    if (!/^(www-authenticate|set-cookie|content-(length|encoding))$/.test(name))
      headers.set(name, redacted(value, secrets));
  }
  const body = objectIn(text);
  if (body) headers.set('content-type', 'application/json');
  const taken = body && status === 200;
  const said = taken ? JSON.stringify(tokensIn(body)) : body ? clear(body, secrets) : redacted(text, secrets);
  return new Response(said === '' ? null : said, {status, headers});
}

/** Looked for in the values too: JSON writes some characters of a secret otherwise, and servers differ in which. */
function clear(body: object, secrets: readonly string[]): string {
  const said = JSON.stringify(body, (_, value: unknown) =>
    typeof value === 'string' ? redacted(value, secrets) : value,
  );
  return redacted(said, secrets);
}

/** What a token answer is read for, and nothing else; what is not as it should be is left out. */
function tokensIn({access_token, refresh_token, expires_in}: Record<string, unknown>): object {
  const seconds = Number(expires_in);
  return {
    access_token,
    token_type: 'bearer',
    ...(seconds > 0 && seconds < Infinity && {expires_in: seconds}),
    ...(typeof refresh_token === 'string' && refresh_token !== '' && {refresh_token}),
  };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
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
