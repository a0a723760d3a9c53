import {discard} from '../engine/attempt.ts';
import {likened} from './likeness.ts';

/** As many as fetch allows. */
const MOST_HOPS = 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export interface Hop {
  readonly method: string;
  readonly command: boolean;
  /** A streamed body can't go to the next place too. */
  readonly replayable: boolean;
  readonly redirect: NonNullable<RequestInit['redirect']>;
  /** Whether the token may go there. */
  readonly trusted: (url: URL) => boolean;
}

export const isRedirect = (response: Response): boolean => REDIRECTS.has(response.status);

/**
 * Follows redirects by hand: Node's fetch would carry `sc-user-id` to any origin, and turn a command into a GET. A
 * redirect to an origin that is not configured, or of a command unless 307 or 308, is handed out as it came.
 */
export async function following(
  first: Response,
  url: string | URL,
  hop: Hop,
  send: (url: string | URL) => Promise<Response>,
): Promise<Response> {
  let response = first;
  let at = url;
  for (let hops = 0; ; hops++) {
    if (hop.redirect === 'manual' || !isRedirect(response)) return arrived(response, hops);
    if (hop.redirect === 'error') throw refusal(response, 'unexpected redirect');
    const next = nextHop(response, at, hop);
    if (!next) return arrived(response, hops);
    if (hops >= MOST_HOPS) throw refusal(response, 'redirect count exceeded');
    discard(response);
    at = next;
    response = await send(at);
  }
}

function nextHop({status, headers}: Response, from: string | URL, hop: Hop): URL | undefined {
  const location = headers.get('location');
  if (location === null || !URL.canParse(location, String(from))) return undefined;
  const keepsMethod = status === 307 || status === 308;
  if (keepsMethod ? !hop.replayable : hop.command || hop.method === 'POST') return undefined;
  const next = new URL(location, from);
  return hop.trusted(next) ? next : undefined;
}

function arrived(response: Response, hops: number): Response {
  if (hops === 0) return response;
  const {url, type} = response;
  return likened(response, {url, type, redirected: true});
}

/** A `TypeError` as from fetch. Not its words, by which a connection that failed is known: a repeat cannot help. */
function refusal(response: Response, why: string): TypeError {
  discard(response);
  return new TypeError(why);
}
