import type {Evidence} from '../core/evidence/evidence.ts';
import {redacted} from '../core/redacted.ts';
import type {Sendable} from './sent.ts';

/** "Invalid refresh_token: 3e565aed…", `"client_secret": "…"`, `code=…`: servers repeat what was sent. */
const NAMED =
  /((?:token|(?<!(?:error|status)[ _]?)code|secret|password)["']?\s*[:=]\s*["']?)(?!["'\s])[^\s,;&"']+/gi;
const BEARER = /\b((?:bearer|basic)\s+)[\w.~+/=-]{6,}/gi;

/** Takes secrets out of what a server said: those that are known, and what is called by the name of one. */
export function cleansedBy(secrets: readonly (string | undefined)[]): (entry: Evidence) => Evidence {
  const clean = (text: string): string =>
    redacted(text, secrets).replace(NAMED, '$1[redacted]').replace(BEARER, '$1[redacted]');
  return entry => {
    const clear: {-readonly [Name in keyof Evidence]?: Evidence[Name]} = {};
    for (const name of TEXTS) {
      const said = entry[name];
      if (said === undefined) continue;
      const now = WORDS.has(name) ? redacted(said, secrets) : clean(said);
      if (now !== said) clear[name] = now;
    }
    const {detail, resolution} = entry;
    if (detail)
      clear.detail = detail.map(({field, message}) => ({field: clean(field), message: clean(message)}));
    if (resolution) {
      const {type, url} = resolution;
      const known = url && redacted(url, secrets);
      clear.resolution = {type: type && redacted(type, secrets), ...(known !== undefined && {url: known})};
    }
    // Most say nothing that has to go; an entry is only made anew where one may.
    return Object.keys(clear).length === 0 ? entry : {...entry, ...clear};
  };
}

const TEXTS = ['type', 'code', 'requestId', 'description', 'suggestedUserMessage'] as const;
/** Those that are no sentences: what only looks like the name of a secret stays. */
const WORDS: ReadonlySet<string> = new Set(['type', 'code', 'requestId']);

const LONGEST_BODY = 100_000;
const SECRET_NAME = /token|secret|code|password|authorization|^pin$/i;

/** What a request holds that must not come back in words: its credentials, and members named like secrets. */
export function secretsIn(sent: Sendable | undefined): readonly string[] {
  if (!sent) return [];
  const {url, headers, body} = sent;
  const credentials = ['authorization', 'cookie'].flatMap(name => wordsOf(headers?.get(name) ?? ''));
  const target = URL.canParse(String(url)) ? new URL(url) : undefined;
  const form = typeof body === 'string' && body.length <= LONGEST_BODY ? new URLSearchParams(body) : body;
  const fields = form instanceof URLSearchParams || form instanceof FormData ? [...form] : [];
  const pairs = [...(target?.searchParams ?? []), ...fields, ...membersOf(body)];
  return [
    ...credentials,
    ...(target ? [target.username, target.password] : []),
    ...pairs.flatMap(([name, value]) => (SECRET_NAME.test(name) && typeof value === 'string' ? [value] : [])),
  ];
}

/** Bearer, Basic or neither: what stands in the header, and what a Basic one holds. */
function wordsOf(header: string): readonly string[] {
  if (header === '') return [];
  const words = header.split(/[\s;,"'<>]+/).flatMap(word => [word, word.slice(word.indexOf('=') + 1)]);
  return [...words, ...words.flatMap(decoded)].filter(word => word.length > 8);
}

function decoded(word: string): readonly string[] {
  try {
    return atob(word).split(':');
  } catch {
    return [];
  }
}

function membersOf(body: RequestInit['body']): readonly (readonly [string, string])[] {
  if (typeof body !== 'string' || body.length > LONGEST_BODY) return [];
  try {
    const members = Object.entries(JSON.parse(body) as object);
    return members.filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  } catch {
    return [];
  }
}
