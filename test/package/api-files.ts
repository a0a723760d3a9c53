import type {Shown} from './extract.ts';
import {page} from './page.ts';

/** Everything in them is written by `npm run api`. */
export const FOLDERS = ['api', 'docs/api'] as const;

/** The files of the API by their paths: a report and a page for each entry, and a list of the pages. */
export function apiFiles(all: readonly Shown[]): ReadonlyMap<string, string> {
  const files = all.flatMap(shown => [
    [`api/${shown.entry.name}.api.md`, shown.report] as const,
    [`docs/api/${shown.entry.name}.md`, page(shown)] as const,
  ]);
  return new Map([...files, ['docs/api/README.md', list(all)]]);
}

function list(all: readonly Shown[]): string {
  const lines = all.map(({entry, api}) => {
    const names = api.members.length;
    return `- [\`${entry.specifier}\`](${entry.name}.md): ${names} ${names === 1 ? 'export' : 'exports'}`;
  });
  return `# Reference\n\n${WRITTEN}\n\n${lines.join('\n')}\n`;
}

const WRITTEN = '<!-- Written by `npm run api`, from the docstrings of the sources. -->';
