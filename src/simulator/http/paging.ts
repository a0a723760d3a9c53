/** A page of a list, or undefined when the query makes no sense. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly count: number;
  readonly offset: number;
}

/** v2 pages by `limit` and `offset`. */
export function pageByOffset<Item>(items: readonly Item[], query: URLSearchParams): Page<Item> | undefined {
  const limit = wholeNumber(query.get('limit'), 10);
  const offset = wholeNumber(query.get('offset'), 0);
  if (limit === undefined || offset === undefined || limit < 1 || limit > 50) return undefined;
  return {items: items.slice(offset, offset + limit), count: items.length, offset};
}

/** A page of v3's: it knows its own number, from 1, and how many items a page holds. */
export interface NumberedPage<Item> extends Page<Item> {
  readonly number: number;
  readonly size: number;
}

/** v3 pages by `page[number]`, from 1, and `page[size]`. */
export function pageByNumber<Item>(
  items: readonly Item[],
  query: URLSearchParams,
): NumberedPage<Item> | undefined {
  const number = wholeNumber(query.get('page[number]'), 1);
  const size = wholeNumber(query.get('page[size]'), 10);
  if (number === undefined || size === undefined || number < 1 || size < 1 || size > 100) return undefined;
  const offset = (number - 1) * size;
  return {items: items.slice(offset, offset + size), count: items.length, offset, number, size};
}

function wholeNumber(text: string | null, otherwise: number): number | undefined {
  if (text === null) return otherwise;
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
