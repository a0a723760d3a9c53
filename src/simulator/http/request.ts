import type {IncomingMessage} from 'node:http';
import type {Call, RequestBody} from './answer.ts';
import type {Dice} from '../dice.ts';
import type {Face} from '../world.ts';
import {apiOn} from './faces.ts';

const keptBytes = 1_048_576;
const toleratedBytes = 16 * keptBytes;

/** Reads a request to its end. Rejects when the client goes away, or sends without end. */
export async function readCall(request: IncomingMessage, face: Face | undefined, dice: Dice): Promise<Call> {
  const [rawPath = '/', ...rest] = (request.url ?? '/').split('?');
  const path = rawPath.replace(/(?<=.)\/+$/, '');
  const text = await readText(request);
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(rest.join('?')),
    headers: request.headers,
    body: text === undefined ? {kind: 'too-large'} : parseBody(text, request.headers['content-type'] ?? ''),
    text: text ?? '',
    api: apiOn(face, path),
    requestId: dice.uuid(),
  };
}

/** Undefined for a body that is too large; it is read all the same, so that the client can read the answer. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= keptBytes) chunks.push(chunk);
    else if (bytes > toleratedBytes) throw new Error('The request body has no end.');
    else chunks.length = 0;
  }
  return bytes > keptBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function parseBody(text: string, contentType: string): RequestBody {
  if (text === '') return {kind: 'empty'};
  if (contentType.toLowerCase().includes('application/x-www-form-urlencoded')) {
    return {kind: 'form', value: new URLSearchParams(text)};
  }
  try {
    const value: unknown = JSON.parse(text);
    return {kind: 'json', value};
  } catch {
    return {kind: 'malformed'};
  }
}
