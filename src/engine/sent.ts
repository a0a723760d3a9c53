import type {Host, SentRequest} from '../core/hints/facts.ts';
import type {Origins} from '../ports.ts';

/** What a door hands to fetch: kept with the call, and looked at only when it has failed. */
export interface Sendable {
  readonly url: string | URL;
  readonly method: string;
  readonly headers: Headers | undefined;
  readonly body: RequestInit['body'];
  /** No more than method and URL is known: it comes from a log, say. */
  readonly partly?: boolean;
}

const HOSTS: readonly (keyof Origins)[] = ['api', 'apiV3', 'auth', 'authV3', 'connect', 'management'];

/** A body longer than this is not looked into. */
const LONGEST_BODY = 100_000;

/** A request as a hint may show it: credentials, the values of its query and of its body stay out. */
export function describeSent(origins: Origins, {url, method, headers, body, partly}: Sendable): SentRequest {
  const contentType = headers?.get('content-type') ?? undefined;
  const target = URL.canParse(String(url)) ? new URL(url) : undefined;
  const host = target && hostOf(origins, target.origin);
  const place = {method: method.toUpperCase(), ...(target && {url: shown(target)}), ...(host && {host})};
  if (partly === true) return {...place, partly};
  return {
    ...place,
    ...(contentType !== undefined && {contentType: mediaType(contentType)}),
    ...authorizationOf(headers?.get('authorization') ?? ''),
    ...contentOf(body, contentType),
    hasUserId: headers?.has('sc-user-id') ?? false,
  };
}

/** What is none may be something else that got into its place. */
function mediaType(value: string): string {
  return /^[\w.+-]{1,50}\/[\w.+-]{1,50}(?=\s*(;|$))/.exec(value.trim())?.[0] ?? 'no media type';
}

/** The `action` of a command of v2, which its path leaves open. */
export function actionIn({body}: Sendable): string | undefined {
  if (typeof body !== 'string' || body.length > LONGEST_BODY) return undefined;
  return /"action"\s*:\s*"([A-Z]{2,10})"/.exec(body)?.[1];
}

/** How many paths a batch asks for; 1 where its body cannot be read. */
export function pathsIn({body}: Sendable): number {
  if (typeof body !== 'string') return 1;
  try {
    const {requests} = (JSON.parse(body) ?? {}) as {requests?: unknown};
    return Array.isArray(requests) ? Math.max(1, requests.length) : 1;
  } catch {
    return 1;
  }
}

/** Where one origin plays both APIs, the host says nothing. */
function hostOf(origins: Origins, origin: string): Host | undefined {
  if (origins.api === origins.apiV3 && origins.api === origin) return undefined;
  return HOSTS.find(name => origins[name] === origin) ?? 'elsewhere';
}

/** A scheme is a short word; anything else in its place may be the token itself, and must not be shown as one. */
function authorizationOf(header: string): Pick<SentRequest, 'scheme' | 'bare' | 'flaw'> {
  const [scheme = '', ...credentials] = header.trim().split(/\s+/);
  if (scheme === '') return {};
  const alone = credentials.length === 0 && !/^(bearer|basic)$/i.test(scheme);
  if (alone || !/^[a-z-]{1,12}$/i.test(scheme)) return {bare: true};
  const flaw = flawOf(credentials);
  return {scheme, ...(flaw && {flaw})};
}

function flawOf([first, ...others]: readonly string[]): SentRequest['flaw'] {
  if (first === undefined) return 'nothing';
  if (first === 'undefined' || first === 'null') return first;
  if (first === '[object') return 'object';
  if (others.length > 0 && /^(bearer|basic)$/i.test(first)) return 'twice';
  return /^["'<]/.test(first) ? 'quotes' : undefined;
}

function shown({origin, pathname, searchParams}: URL): string {
  // A name without a value may be a value that got into its place.
  const given = [...searchParams].map(([name, value]) =>
    value === '' ? '…' : `${encodeURIComponent(name)}=…`,
  );
  const names = [...new Set(given)];
  return `${origin}${pathname}${names.length > 0 ? `?${names.join('&')}` : ''}`;
}

function contentOf(body: RequestInit['body'], contentType = ''): Pick<SentRequest, 'body' | 'fields'> {
  if (body === undefined || body === null || body === '') return {body: 'none'};
  if (body instanceof URLSearchParams || body instanceof FormData)
    return {body: 'form', fields: plain([...body.keys()])};
  if (typeof body !== 'string' || body.length > LONGEST_BODY) return {body: 'unread'};
  try {
    return {body: 'json', fields: plain(namesIn(JSON.parse(body), '', 3))};
  } catch {
    if (!/form-urlencoded/i.test(contentType)) return {body: 'other'};
    return {body: 'form', fields: plain([...new URLSearchParams(body).keys()])};
  }
}

/** Members of the first entry stand for those of a whole list. */
function namesIn(value: unknown, before: string, depth: number): string[] {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof one !== 'object' || one === null || depth === 0) return [];
  return Object.entries(one).flatMap(([name, member]) => [
    before + name,
    ...namesIn(member, `${before}${name}.`, depth - 1),
  ]);
}

const MOST_FIELDS = 30;

/** What does not look like a name may be a value that got into its place. */
function plain(names: readonly string[]): string[] {
  return names.filter(name => /^[a-z][a-z_.-]{0,60}$/i.test(name)).slice(0, MOST_FIELDS);
}
