import type {Client, LabCall, Pair, Setting} from './contender.ts';

/** What of a call goes over the wire. */
type Sent = Omit<LabCall, 'make' | 'patienceMs'>;

/** The tokens of a whole application (v3) are kept as if of one owner. */
const APPLICATION = '';

/** What is kept where it outlives the process. */
export type Vault = Map<string, Pair>;

/** A new token, or the status with which it was refused. */
type Renewed = {readonly token: string} | {readonly refused: number};

/** Token handling as it is written by hand around a client that has none. */
export interface UsualTokens {
  /** Sends with the token at hand, and once more with a new one where that was refused. No token: the refusal of it. */
  readonly send: (call: Sent) => Promise<Response>;
  /** The rest of a client that keeps its tokens in this way. */
  readonly keeping: Pick<Client, 'save' | 'refreshTokenOf' | 'returned'>;
}

/**
 * Refreshes when a call is answered 401. `share`: callers that are refused while a refresh is under way wait for its token,
 * and those that are refused after it take it, the recipe most often recommended; else each of them makes its own. A dead
 * grant means that the owner has to come back.
 */
export function usualTokens(setting: Setting, vault: Vault, share: boolean): UsualTokens {
  const {api, fetch, attemptTimeoutMs, reconnect} = setting;
  const underWay = new Map<string, Promise<Renewed>>();

  async function renew(key: string): Promise<Renewed> {
    const response = await fetch(...requestFor(setting, vault.get(key)));
    const body = (await response.json()) as Readonly<Record<string, string | number>>;
    if (!response.ok) {
      if (body['error'] === 'invalid_grant') reconnect(key);
      return {refused: response.status};
    }
    const accessToken = String(body['access_token']);
    const accessExpiresAt = Date.now() + Number(body['expires_in']) * 1_000;
    vault.set(key, {accessToken, accessExpiresAt, refreshToken: String(body['refresh_token'])});
    return {token: accessToken};
  }

  /** `old`: the token that was refused, if there was one. */
  async function renewed(key: string, old?: string): Promise<Renewed> {
    if (!share) return renew(key);
    const token = vault.get(key)?.accessToken;
    if (token !== undefined && token !== old) return {token};
    const running = underWay.get(key) ?? renew(key).finally(() => underWay.delete(key));
    underWay.set(key, running);
    return running;
  }

  function attempt({url, method, headers, body, owner, signal}: Sent, token: string): Promise<Response> {
    const user = api === 'v3' ? {'sc-user-id': owner} : {};
    return withTimeout(attemptTimeoutMs, signal, timed =>
      fetch(url, {
        method,
        headers: {...headers, ...user, authorization: `Bearer ${token}`},
        ...(body !== undefined && {body}),
        signal: timed,
      }),
    );
  }

  return {
    async send(call) {
      const key = api === 'v3' ? APPLICATION : call.owner;
      const token = vault.get(key)?.accessToken;
      if (token !== undefined) {
        const response = await attempt(call, token);
        if (response.status !== 401) return response;
        await response.body?.cancel();
      }
      const next = await renewed(key, token);
      return 'token' in next ? attempt(call, next.token) : Response.json({}, {status: next.refused});
    },
    keeping: {
      async save(owner, pair) {
        vault.set(owner, pair);
      },
      refreshTokenOf: async owner => vault.get(owner)?.refreshToken,
      returned: async () => undefined,
    },
  };
}

function requestFor({api, origins, credentials}: Setting, pair: Pair | undefined): [string, RequestInit] {
  const {clientId, clientSecret} = credentials;
  if (api === 'v3') {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    });
    return [`${origins.authV3}/oauth2/token`, {method: 'POST', body}];
  }
  const body = new URLSearchParams({grant_type: 'refresh_token', refresh_token: pair?.refreshToken ?? ''});
  const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  return [`${origins.auth}/oauth/token`, {method: 'POST', body, headers: {authorization}}];
}

/** One attempt that ends after a time, or when the caller leaves. */
async function withTimeout<T>(
  ms: number,
  caller: AbortSignal,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const leave = (): void => controller.abort(caller.reason);
  if (caller.aborted) leave();
  caller.addEventListener('abort', leave, {once: true});
  const timer = setTimeout(() => controller.abort(new Error('The attempt took too long')), ms);
  try {
    return await attempt(controller.signal);
  } finally {
    clearTimeout(timer);
    caller.removeEventListener('abort', leave);
  }
}
