/** What takes the place of all that is too much, as in OpenTelemetry's own conventions. */
export const OTHER = '_OTHER';

/** A name of Smartcar's: words, also with capitals, dashes and dots between them. No id of its is made of words alone. */
const WORD = /^[a-z]+(?:[._-][a-z]+)*$/i;
const LONGEST_WORD = 60;

export const isWord = (text: string): boolean => text.length <= LONGEST_WORD && WORD.test(text);

/** What stands in a path and is no word: the place of an id, a version, nothing between two slashes. */
const FIXED = /^(?:\{id\}|v\d(?:\.\d+)?|)$/i;

/** A path, or the name of an operation that holds one, without what may be an id: of a charge schedule, say. */
export function templated(operation: string): string {
  const slash = operation.indexOf('/');
  if (slash < 0) return operation;
  const segments = operation.slice(slash).split('/');
  const kept = segments.map(word => (isWord(word) || FIXED.test(word) ? word : '{id}'));
  return operation.slice(0, slash) + kept.join('/');
}

/** Lets so many different values through; those that come later are one. A series in a metric costs memory for ever. */
export function atMost(most: number): (value: string) => string {
  const known = new Set<string>();
  return value => {
    if (known.has(value)) return value;
    if (known.size >= most) return OTHER;
    known.add(value);
    return value;
  };
}
