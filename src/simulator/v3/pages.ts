import type {Fault} from '../http/answer.ts';
import type {NumberedPage} from '../http/paging.ts';

export const badPaging: Fault = {
  error: 'VALIDATION:INVALID_INPUT_FORMAT',
  description: 'page[number] has to be a whole number from 1 up, page[size] one from 1 to 100.',
};

/** The `meta` of a list. */
export function pageMeta({number, size, count}: NumberedPage<unknown>): object {
  return {pageNumber: number, pageSize: size, totalCount: count};
}

/** The `links` of a list; they repeat what else the query said. */
export function pageLinks(page: NumberedPage<unknown>, url: string, query: URLSearchParams): object {
  const link = (number: number): string => {
    const parameters = new URLSearchParams(query);
    parameters.set('page[number]', String(number));
    parameters.set('page[size]', String(page.size));
    return `${url}?${parameters.toString()}`;
  };
  const last = Math.max(1, Math.ceil(page.count / page.size));
  return {
    self: link(page.number),
    first: link(1),
    last: link(last),
    next: page.number < last ? link(page.number + 1) : null,
    prev: page.number > 1 ? link(Math.min(page.number - 1, last)) : null,
  };
}
