import type {IncomingHttpHeaders, IncomingMessage} from 'node:http';
import type {Call, RequestBody} from './answer.ts';
import type {Dice} from '../dice.ts';
import type {Face} from '../world.ts';
import {apiOn} from './faces.ts';

const keptBytes = 1_048_576;
const toleratedBytes = 16 * keptBytes;

/** More than any request needs, and less than what breaks whoever walks through it. */
const deepestNesting = 200;

export interface Received {
  readonly call: Call;
  /** False where the rest of the body was not worth waiting for. */
  readonly complete: boolean;
}

/** Reads a request to its end, or as far as is reasonable. Rejects when the client goes away. */
export async function readCall(
  request: IncomingMessage,
  face: Face | undefined,
  dice: Dice,
): Promise<Received> {
  const {method = 'GET', url = '/', headers} = request;
  const {text, complete} = await readText(request);
  return {call: callOf({method, target: url, headers, text}, face, dice), complete};
}

/** What a request is made of, whether a socket brought it or the arguments of a `fetch` did. */
export interface Carried {
  readonly method: string;
  /** The path and the query, as they were sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** Undefined for a body that was too large. */
  readonly text: string | undefined;
}

export function callOf({method, target, headers, text}: Carried, face: Face | undefined, dice: Dice): Call {
  const [rawPath = '/', ...rest] = target.split('?');
  const path = normalized(rawPath);
  return {
    method,
    path,
    query: new URLSearchParams(rest.join('?')),
    headers,
    body: text === undefined ? {kind: 'too-large'} : parseBody(text, headers['content-type'] ?? ''),
    text: text ?? '',
    api: apiOn(face, path),
    requestId: dice.uuid(),
  };
}

/** Escapes that nobody needs are undone, so that a path has one spelling. No `..` is followed: it leads nowhere. */
function normalized(rawPath: string): string {
  const path = rawPath.replace(/%(?:2[de]|5f|7e|3\d|[46][1-9a-f]|[57][\da])/gi, escaped =>
    decodeURIComponent(escaped),
  );
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

/** No text for a body that is too large; it is read all the same, so that the client can read the answer. */
async function readText(
  request: IncomingMessage,
): Promise<{readonly text?: string; readonly complete: boolean}> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The connection has to outlive the reading: the answer is still to come.
  for await (const chunk of request.iterator({destroyOnReturn: false}) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > toleratedBytes) return {complete: false};
    if (bytes <= keptBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (bytes > keptBytes) return {complete: true};
  return {text: Buffer.concat(chunks).toString('utf8'), complete: true};
}

function parseBody(text: string, contentType: string): RequestBody {
  if (text === '') return {kind: 'empty'};
  if (contentType.toLowerCase().includes('application/x-www-form-urlencoded')) {
    return {kind: 'form', value: new URLSearchParams(text)};
  }
  if (nestingOf(text) > deepestNesting) return {kind: 'malformed'};
  try {
    const value: unknown = JSON.parse(text);
    return {kind: 'json', value};
  } catch {
    return {kind: 'malformed'};
  }
}

/** How deep the brackets of a JSON text go, those in strings left out. One pass, whatever the text. */
function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') inString = !inString;
    else if (inString) at += letter === '\\' ? 1 : 0;
    else if (letter === '[' || letter === '{') deepest = Math.max(deepest, (depth += 1));
    else if (letter === ']' || letter === '}') depth -= 1;
  }
  return deepest;
}
