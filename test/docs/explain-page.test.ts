import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, test} from 'vitest';
import {EXIT_CODES} from '../../src/cli/explain-codes.ts';
import {createProgram} from '../../src/cli/program.ts';
import {drawn, examples, read} from './explain-pictures.ts';
import {textOfPicture} from './terminal-picture.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');
const page = readFileSync(join(docs, 'explain.md'), 'utf8');

describe('the pictures of docs/explain.md', () => {
  it("are of the six errors of Smartcar's page", () => {
    expect(examples().map(({about}) => about)).toEqual([
      'VALIDATION',
      'AUTHENTICATION',
      'PERMISSION',
      'SERVER:INTERNAL',
      'RESOURCE_NOT_FOUND:PATH',
      'RESOURCE_NOT_FOUND:VERSION',
    ]);
  });

  it.each(examples())(
    'show what the command prints: $about; `npm run docs` draws them anew',
    async example => {
      const {svg, picture} = await drawn(example);
      const there = read(join(docs, picture)) ?? '';
      expect(textOfPicture(there)).toBe(textOfPicture(svg));
      expect(there).toBe(svg);
    },
  );
});

test('the page names every flag of the command, and no other', () => {
  const command = createProgram().commands.find(one => one.name() === 'explain');
  const flags = command?.options.map(({long}) => long).toSorted();
  const table = [...page.matchAll(/^\| (`-.*?`) \|/gm)].map(([, cell]) => cell).join(' ');
  const named = [...table.matchAll(/--[a-z-]+/g)].map(([flag]) => flag);
  expect(named.toSorted()).toEqual(flags);
});

test('the page names every exit code, in the order of what blocks most', () => {
  const rows = [...page.matchAll(/^\| (\d+) \| `(\w+)`/gm)].map(([, code, needs]) => [needs, Number(code)]);
  expect(rows).toEqual(Object.entries(EXIT_CODES));
});
