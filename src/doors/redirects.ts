/** As many as fetch allows. */
const MOST_HOPS = 20;

export interface Hop {
  readonly method: string;
  readonly command: boolean;
  readonly redirect: NonNullable<RequestInit['redirect']>;
  /** Whether the token may go there. */
  readonly trusted: (url: URL) => boolean;
}

/**
 * Follows redirects by hand: Node's fetch would carry `sc-user-id` to any origin, and turn a command into a GET. A
 * redirect to an origin that is not configured, or of a command unless 307 or 308, is handed out as it came.
 */
export async function following(
  url: string | URL,
  hop: Hop,
  send: (url: string | URL) => Promise<Response>,
): Promise<Response> {
  let at = url;
  for (let hops = 0; ; hops++) {
    const response = await send(at);
    const next = hop.redirect === 'manual' ? undefined : nextHop(response, at, hop);
    if (!next) return response;
    if (hop.redirect === 'error')
      throw new TypeError('fetch failed', {cause: new Error('unexpected redirect')});
    if (hops >= MOST_HOPS) throw new TypeError('fetch failed', {cause: new Error('redirect count exceeded')});
    await response.body?.cancel();
    at = next;
  }
}

function nextHop(response: Response, from: string | URL, hop: Hop): URL | undefined {
  const {status, headers} = response;
  const location = headers.get('location');
  if (
    location === null ||
    ![301, 302, 303, 307, 308].includes(status) ||
    !URL.canParse(location, String(from))
  )
    return undefined;
  const keepsMethod = status === 307 || status === 308;
  if (!keepsMethod && (hop.command || hop.method === 'POST')) return undefined;
  const next = new URL(location, from);
  return hop.trusted(next) ? next : undefined;
}
