import type {HintFacts} from './facts.ts';

/** Two words that share less than this of their pairs of letters are not the same word misspelt. */
const LEAST_SHARED = 0.4;

/**
 * The one of them that was meant by a word which is none of them. Something is always nearest: without a look at how
 * near, every stranger would be taken for a typing error.
 */
export function meant(
  word: string,
  among: readonly string[],
  nearest: HintFacts['nearest'],
): string | undefined {
  const plain = word.slice(0, 100).toLowerCase();
  const found = nearest(plain, among);
  return found !== undefined && found !== word && areAlike(plain, found) ? found : undefined;
}

function areAlike(one: string, other: string): boolean {
  const [a, b] = [letters(one), letters(other)];
  if (sorted(a) === sorted(b)) return a !== '';
  const pairs = pairsOf(b);
  const all = pairsOf(a).length + pairs.length;
  let shared = 0;
  for (const pair of pairsOf(a)) {
    const index = pairs.indexOf(pair);
    if (index < 0) continue;
    pairs.splice(index, 1);
    shared += 2;
  }
  return shared / all >= LEAST_SHARED;
}

const letters = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');

const sorted = (word: string): string => word.split('').toSorted().join('');

function pairsOf(word: string): string[] {
  return Array.from({length: word.length - 1}, (_, index) => word.slice(index, index + 2));
}
