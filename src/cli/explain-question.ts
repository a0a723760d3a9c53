import type {DecideContext} from '../index.ts';
// The only reader of JSON that says where a text stops being it; it has no imports of its own.
import {parseJson} from '../simulator/control/json-syntax.ts';
import {type Exchange, exchangeFrom, exchangeFromHttp, has, loggedError, member} from './explain-log.ts';
import {begun} from './explain-source.ts';

/** The options of `smartcar-policy explain`, as read. */
export interface Given {
  readonly status?: number;
  readonly headers: Headers;
  readonly url?: string;
  readonly method?: string;
  readonly requestHeaders: Headers;
  readonly body?: string;
  readonly app?: string;
  readonly locale?: string;
  readonly json?: true;
  readonly color: boolean;
}

/** What a policy is asked. */
export interface Question {
  readonly subject: unknown;
  readonly context: DecideContext;
}

/** What the text and the flags say together; flags win. Its errors are sentences that name it. */
export function questionFrom(text: string, given: Given, name: string): Question {
  const {status, subject, headers, request} = exchangeOf(text.replace(/^\uFEFF/, ''), given, name);
  const known = given.status ?? status;
  return {
    subject,
    context: {
      ...(known !== undefined && {status: known}),
      headers: laidOver(headers, given.headers),
      ...requestFrom(request, given),
      ...(given.locale !== undefined && {locale: given.locale}),
    },
  };
}

/** The URL of a redirect from Connect tells by itself. */
export function isRedirect(url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && new URL(url).searchParams.has('error');
}

type Read = Omit<Exchange, 'body'> & {readonly subject: unknown};

const alone = (subject: unknown): Read => ({headers: {}, subject});

function exchangeOf(text: string, given: Given, name: string): Read {
  const trimmed = text.trim();
  const byStatus = given.status !== undefined;
  if (trimmed === '') {
    if (byStatus) return alone('');
    if (isRedirect(given.url)) return alone(given.url);
    throw new Error(`${begun(name)} is empty. Where the answer had no body, give its status: --status 503.`);
  }
  if (isRedirect(trimmed)) return alone(trimmed);
  const answer = exchangeFromHttp(text);
  if (answer) return {...answer, subject: subjectFrom(String(answer.body), true, `the body of ${name}`)};
  const whole = subjectFrom(text, byStatus, name);
  refuseMany(whole, name);
  const value = exchangeFrom(whole) ? whole : loggedError(whole);
  const exchange = exchangeFrom(value);
  if (!exchange) return alone(value);
  const {body, ...rest} = exchange;
  const known = byStatus || rest.status !== undefined;
  if (typeof body !== 'string') return {...rest, subject: body};
  return {...rest, subject: known ? parsedOr(body) : subjectFrom(body, false, `the body in ${name}`)};
}

/** A parsed body; a text where its status tells enough. */
function subjectFrom(text: string, byStatus: boolean, name: string): unknown {
  const looksLikeJson = /^\s*[[{"]/.test(text);
  if (byStatus && !looksLikeJson) return text;
  if (/^\s*</.test(text)) {
    throw new Error(
      `${begun(name)} is HTML or XML, as a proxy writes it, which says nothing that is known here. Give its status: --status 502.`,
    );
  }
  return parseJson(text, name);
}

/** A log may have cut the body: the status tells enough then. */
function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function refuseMany(value: unknown, name: string): void {
  const entries = member(member(value, 'log'), 'entries');
  if (Array.isArray(entries)) {
    throw new Error(
      `${begun(name)} is a HAR of ${count(entries)}. Give one, such as jq '.log.entries[0]' gets it.`,
    );
  }
  if (Array.isArray(value)) {
    throw new Error(`${begun(name)} is a list of ${count(value)}. Give one, such as jq '.[0]' gets it.`);
  }
}

const count = ({length}: readonly unknown[]): string => (length === 1 ? '1 entry' : `${length} entries`);

/** Nothing where nothing is known: the failure is then judged as that of a read. */
function requestFrom(logged: Exchange['request'], given: Given): Pick<DecideContext, 'request'> {
  const {url = logged?.url, body = logged?.body, requestHeaders} = given;
  const method = given.method ?? logged?.method ?? (given.body === undefined ? undefined : 'POST');
  const hasHeaders = has(logged, 'headers') || [...requestHeaders].length > 0;
  if (method === undefined && url === undefined && body === undefined && !hasHeaders) return {};
  return {
    request: {
      method: method ?? 'GET',
      ...(url !== undefined && {url}),
      ...(hasHeaders && {headers: laidOver(logged?.headers ?? {}, requestHeaders)}),
      ...(body !== undefined && {body}),
    },
  };
}

function laidOver(under: Readonly<Record<string, string>>, over: Headers): Record<string, string> {
  return {...under, ...Object.fromEntries(over)};
}
