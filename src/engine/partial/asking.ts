import {readEvidence} from '../../core/evidence/read.ts';
import {compact} from '../../core/evidence/safe.ts';
import {takeApart, type FoundPart} from '../../core/parts.ts';
import type {Reason} from '../../core/reasons.ts';
import {explanationOf, judgePart, type Surroundings} from './judgement.ts';
import type {Asking, FailedPart, Part, PartExplanation} from './parts.ts';
import {batchUrl, signalUrl} from './place.ts';

/** Something new about a part, and the part as it came; no `raw` where the whole request failed. */
export interface News {
  readonly part: Part;
  readonly raw?: unknown;
}

interface Questions {
  readonly by: Surroundings;
  readonly names: readonly string[];
  readonly smartcar: Asking;
  readonly headers: Headers;
  readonly signal: AbortSignal | undefined;
}

/** Asks for parts by their names. What nobody answered has no news. */
export function ask(questions: Questions): Promise<ReadonlyMap<string, News>> {
  return questions.by.kind === 'batch' ? askForPaths(questions) : askForSignals(questions);
}

/** One request for all. */
async function askForPaths(questions: Questions): Promise<ReadonlyMap<string, News>> {
  const {by, names, headers} = questions;
  const own = new Headers(headers);
  own.set('content-type', 'application/json');
  const body = JSON.stringify({requests: names.map(path => ({path}))});
  const answer = await send(questions, batchUrl(by.url), {method: 'POST', headers: own, body});
  return newsOf(by, names, answer);
}

/** One request for each, in turn. What stands in the way of one that is not its own stands in the way of all. */
async function askForSignals(questions: Questions): Promise<ReadonlyMap<string, News>> {
  const {by, names, headers, signal} = questions;
  const news = new Map<string, News>();
  for (const [index, name] of names.entries()) {
    signal?.throwIfAborted();
    const answer = await send(questions, signalUrl(by.url, name), {headers});
    const stuck = 'failed' in answer && answer.forAll;
    for (const [about, what] of newsOf(by, stuck ? names.slice(index) : [name], answer))
      news.set(about, what);
    if (stuck) break;
  }
  return news;
}

type Answer =
  | {readonly found: readonly FoundPart[]}
  | {
      readonly failed: (name: string) => Omit<FailedPart, 'name'>;
      /** The failure is none of this request alone. */
      readonly forAll: boolean;
    };

function newsOf(by: Surroundings, names: readonly string[], answer: Answer): ReadonlyMap<string, News> {
  const news = new Map<string, News>();
  for (const name of names) {
    if ('failed' in answer) {
      news.set(name, {part: Object.freeze({name, ...answer.failed(name)})});
      continue;
    }
    const found = answer.found.find(one => one.named && bare(one.name) === bare(name));
    if (found) news.set(name, {part: judgePart(by, found), raw: found.raw});
  }
  return news;
}

/** A path that was asked for without its slash may come back with one. */
const bare = (name: string): string => name.replace(/^\//, '');

async function send({by, smartcar, signal}: Questions, url: string, init: RequestInit): Promise<Answer> {
  let response: Response | undefined;
  try {
    response = await smartcar(url, signal ? {...init, signal} : init);
    return read(by, response, await response.text());
  } catch (error) {
    if (signal?.aborted) throw error;
    return thrown(by, error);
  }
}

function read(by: Surroundings, response: Response, text: string): Answer {
  const {status, headers, ok} = response;
  const found = ok ? takeApart(by.kind, json(text)) : undefined;
  if (found) return {found};
  const evidence = readEvidence(text, {status, headers});
  const known = by.explained(response);
  const failed = (name: string): Omit<FailedPart, 'name'> => ({
    state: 'failed',
    status,
    ...(known ? handled(known) : explanationOf(by, name, evidence, true)),
  });
  const {scope} = failed('').failure;
  return {failed, forAll: scope !== 'call' && scope !== 'permission'};
}

const FINAL: ReadonlySet<Reason> = new Set(['aborted', 'closed']);

/** @throws what is no failure of Smartcar, of the network, or of the call in the eyes of a policy. */
function thrown(by: Surroundings, error: unknown): Answer {
  const known = by.explained(error);
  const evidence = readEvidence(error);
  if (known ? FINAL.has(known.reason) : evidence.length === 0) throw error;
  return {
    failed: name => ({
      state: 'failed',
      ...(known ? handled(known) : explanationOf(by, name, evidence, true)),
    }),
    forAll: true,
  };
}

/** A policy has done what it may in one call. What names a time passes all the same, and can be asked for then. */
function handled(known: PartExplanation): PartExplanation {
  const {action, reason, needs, failure, retryAt, connectUrl, userMessage, hints, docUrl} = known;
  return compact<PartExplanation>({
    action: action === 'fail' && retryAt !== undefined ? 'retry' : action,
    reason,
    needs,
    failure,
    retryAt,
    connectUrl,
    userMessage,
    hints,
    docUrl,
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
