import {existsSync, globSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const pages = globSync(['*.md', 'docs/**/*.md'], {cwd: root});

const read = (page: string): string => readFileSync(join(root, page), 'utf8');

/** Of prose, not of code. */
const prose = (page: string): string => read(page).replaceAll(/^```.*?^```$/gms, '');

/** As GitHub makes them of headings; one that comes again is numbered. */
function anchorsOf(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const plain = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(plain) ?? 0;
    seen.set(plain, before + 1);
    return before === 0 ? plain : `${plain}-${before}`;
  });
  return new Set(anchors);
}

const links = pages.flatMap(page =>
  [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, to = '']) => ({page, to}))
    .filter(({to}) => !/^[a-z]+:/.test(to)),
);

test('every link between the pages leads somewhere', () => {
  expect(links.length).toBeGreaterThan(80);
  const broken = links.filter(({page, to}) => {
    const [path = '', anchor] = to.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).has(anchor);
  });
  expect(broken).toEqual([]);
});

test('every page but the decisions is found from README', () => {
  const found = new Set(['README.md']);
  for (const page of found) {
    for (const {to} of links.filter(link => link.page === page)) {
      const target = join(dirname(page), to.split('#')[0] ?? '');
      if (target.endsWith('.md')) found.add(target);
    }
  }
  expect(pages.filter(page => !found.has(page) && !page.startsWith('docs/decisions/'))).toEqual([]);
});

test('the first program of README stands in its first twenty lines', () => {
  const [first = ''] = read('README.md').split('```\n\n## ');
  const lines = first.split('\n');
  const from = lines.indexOf('```ts');
  const to = lines.indexOf('```', from);
  expect([from > 0, to > from && to < 20]).toEqual([true, true]);
});
