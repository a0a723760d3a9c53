import {redacted} from '../core/redacted.ts';

const LONGEST_MESSAGE = 500;

/** What looks like a credential wherever it stands. */
const CREDENTIALS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 …'],
  [/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, '…'],
  [
    /\b(access_token|refresh_token|client_secret|code|token|secret|pin|password)(["']?\s*[=:]\s*["']?)[^\s&"',;}]+/gi,
    '$1$2…',
  ],
];

/** The words of an error, short, without the secrets that are known and what looks like one. */
export function safeWords(error: unknown, secrets: Iterable<string> = []): string {
  let words = redacted(wordsOf(error).slice(0, 10 * LONGEST_MESSAGE), [...secrets], '…');
  for (const [pattern, replacement] of CREDENTIALS) words = words.replace(pattern, replacement);
  return words.length > LONGEST_MESSAGE ? `${words.slice(0, LONGEST_MESSAGE)}…` : words;
}

/** A handler can throw anything, also what cannot be turned into a text. */
function wordsOf(error: unknown): string {
  try {
    if (error instanceof Error)
      return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
    return typeof error === 'string' ? error : `what was thrown is no error but ${typeof error}`;
  } catch {
    return 'something that cannot be read was thrown';
  }
}
