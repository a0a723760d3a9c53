import type {Answer, KeptResponse} from './stored-call.ts';

/** What a call resolved with, as far as Redis can hold it. It is done either way: this never throws. */
export function answerOf(value: unknown, mostBytes: number): Answer {
  if (value === undefined) return {value: null};
  try {
    const text = JSON.stringify(value);
    if (text === undefined) return {omitted: `a ${typeof value} is no JSON`};
    const bytes = Buffer.byteLength(text);
    return bytes > mostBytes ? tooLong(bytes, mostBytes) : {value};
  } catch (error) {
    return {omitted: `it is no JSON: ${error instanceof Error ? error.message : 'it cannot be read'}`};
  }
}

/** A good `Response` as its status and body; one that is too long is not read to its end. */
export async function answerIn(response: Response, mostBytes: number): Promise<Answer> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const {value, done} = (await reader?.read()) ?? {done: true};
    if (done) break;
    bytes += value.byteLength;
    if (bytes > mostBytes) {
      // Of a copy, this is over only when the original is given up too: not waited for.
      reader?.cancel().catch(() => undefined);
      return tooLong(bytes, mostBytes);
    }
    chunks.push(value);
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks));
  return {response: {status: response.status, ...bodyOf(text)}};
}

function bodyOf(text: string): Pick<KeptResponse, 'body'> {
  if (text === '') return {};
  try {
    return {body: JSON.parse(text) as unknown};
  } catch {
    return {body: text};
  }
}

const tooLong = (bytes: number, mostBytes: number): Answer => ({
  omitted: `it has ${bytes} bytes or more, and \`maxResultBytes\` is ${mostBytes}`,
});
