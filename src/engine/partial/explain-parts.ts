import {isResponseLike} from '../../core/evidence/read.ts';
import type {Voice} from '../../core/messages/verdict.ts';
import {putTogether, takeApart, type PartsKind} from '../../core/parts.ts';
import {PolicyError} from '../../core/policy-error.ts';
import {shown, wrong} from '../../core/wrong.ts';
import {systemClock} from '../clock.ts';
import {ask} from './asking.ts';
import {judgePart, type Surroundings} from './judgement.ts';
import type {FailedPart, Part, Parts, PartsOptions} from './parts.ts';
import {checkedUrl} from './place.ts';

/** A part, how it came, and whether it has a name to ask by. */
interface Entry {
  readonly part: Part;
  readonly raw: unknown;
  readonly named: boolean;
}

interface Source extends Surroundings {
  /** `metric` or `imperial`: fresh answers have to come in the units of the old ones. */
  readonly units: string | undefined;
}

/** Takes an answer apart and judges each part for itself. */
export async function explainParts(
  kind: PartsKind,
  subject: unknown,
  options: PartsOptions,
  explained: Surroundings['explained'],
): Promise<Parts> {
  const response = isResponseLike(subject) ? (subject as Response) : undefined;
  const body = response ? await bodyOf(response) : asParsed(subject);
  const found = takeApart(kind, body);
  if (!found) throw noAnswer(kind, body, response);
  const url = options.url ?? (response?.url || undefined);
  const source: Source = {
    kind,
    url: url === undefined ? undefined : checkedUrl(url),
    units: response?.headers.get('sc-unit-system') ?? undefined,
    now: () => (options.clock ?? systemClock).now(),
    random: options.random ?? Math.random,
    voice: voiceOf(options),
    explained,
  };
  const entries = found.map(one => ({part: judgePart(source, one), raw: one.raw, named: one.named}));
  return resultOf(source, entries, body);
}

function voiceOf({app, messages}: PartsOptions): Voice {
  return {
    ...(app?.name !== undefined && {appName: app.name}),
    ...(app?.locale !== undefined && {locale: app.locale}),
    ...(messages && {messages}),
  };
}

function resultOf(source: Source, entries: readonly Entry[], body: unknown): Parts {
  const parts = entries.map(({part}) => part);
  const passing = entries.flatMap(({part, named}) => (named && isPassing(part) ? [part] : []));
  const retryable = [...new Set(passing.map(({name}) => name))];
  const result: Parts = {
    parts: Object.freeze(parts),
    failed: Object.freeze(parts.filter(part => part.state === 'failed')),
    ok: parts.length > 0 && parts.every(({state}) => state === 'ok'),
    retryable: Object.freeze(retryable),
    ...(passing.length > 0 && {retryAt: Math.max(...passing.map(({retryAt = 0}) => retryAt))}),
    body,
    async again(smartcar, options = {}) {
      if (retryable.length === 0) return result;
      if (typeof smartcar !== 'function')
        throw wrong('the first argument of again', 'a fetch function', smartcar);
      const {url = source.url, headers, signal} = options;
      const own = new Headers(headers);
      if (source.units !== undefined && !own.has('sc-unit-system')) own.set('sc-unit-system', source.units);
      const by = url === undefined ? source : {...source, url: checkedUrl(url)};
      const news = await ask({by, names: retryable, smartcar, headers: own, signal});
      const next = entries.map(entry => {
        const fresh = entry.named && isPassing(entry.part) ? news.get(entry.part.name) : undefined;
        return fresh ? {...entry, ...fresh} : entry;
      });
      return resultOf(
        by,
        next,
        putTogether(
          source.kind,
          body,
          next.map(({raw}) => raw),
        ),
      );
    },
  };
  return Object.freeze(result);
}

function isPassing(part: Part): part is FailedPart {
  return part.state === 'failed' && part.action === 'retry';
}

/** Reads a copy: the caller may want the body too. */
async function bodyOf(response: Response): Promise<unknown> {
  if (response.bodyUsed || response.body?.locked === true) {
    throw new PolicyError(
      'CONFIGURATION',
      'Expected the response to be unread, got one whose body is being read or was: pass the parsed body instead.',
    );
  }
  return asParsed(await response.clone().text());
}

function asParsed(subject: unknown): unknown {
  if (typeof subject !== 'string') return subject;
  try {
    return JSON.parse(subject) as unknown;
  } catch {
    return subject;
  }
}

const EXPECTED: Readonly<Record<PartsKind, string>> = {
  batch: 'the answer of a batch to be a body with a list `responses`',
  signals: "the answer of v3's signals to be a body with a signal, or a list of them, in `data`",
};

function noAnswer(kind: PartsKind, body: unknown, response: Response | undefined): PolicyError {
  const members = Array.isArray(body) ? [] : keysOf(body);
  const got = members.length > 0 ? `an object with ${members.join(', ')}` : shown(body);
  const failed = response && !response.ok;
  const hint = failed
    ? ` The response has the status ${response.status}: explain(response) tells about that.`
    : '';
  return new PolicyError('CONFIGURATION', `Expected ${EXPECTED[kind]}, got ${got}.${hint}`);
}

/** A few names are enough to see what came instead. */
function keysOf(body: unknown): readonly string[] {
  try {
    if (typeof body !== 'object' || body === null) return [];
    return Object.keys(body)
      .slice(0, 5)
      .map(key => key.slice(0, 30));
  } catch {
    return [];
  }
}
