import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, it, test} from 'vitest';
import {apiFiles, FOLDERS} from './api-files.ts';
import {docIn, inlineMembers} from './docs.ts';
import {entries, ROOT} from './entries.ts';
import {extracted, type Shown} from './extract.ts';
import {gaps, unexported} from './gaps.ts';

describe('what the package shows to programs', () => {
  let all: readonly Shown[] = [];

  // Compiles all sources, and reads each entry with api-extractor's own compiler.
  beforeAll(() => {
    all = extracted();
  }, 120_000);

  it('is every entry of package.json', () => {
    expect(all.map(({entry}) => entry.name)).toEqual(entries().map(({name}) => name));
    expect(all.length).toBeGreaterThanOrEqual(6);
  });

  it('has its signatures in api/ and its reference in docs/api/; a change is written by `npm run api`', () => {
    const there = globSync(
      FOLDERS.map(folder => `${folder}/*`),
      {cwd: ROOT},
    ).toSorted();
    const written = new Map(there.map(path => [path, readFileSync(join(ROOT, path), 'utf8')]));
    for (const [path, text] of apiFiles(all)) {
      expect(written.get(path), `${path} differs from the sources: \`npm run api\` writes it anew`).toBe(
        text,
      );
      written.delete(path);
    }
    expect([...written.keys()]).toEqual([]);
  });

  it('has a docstring for each export and each option, with a unit where it is a time', () => {
    expect(all.flatMap(gaps)).toEqual([]);
  });

  it('exports every type that its signatures name', () => {
    expect(unexported(all)).toEqual([]);
  });
});

test('a docstring is taken apart at its tags', () => {
  const doc = docIn(`/**
   * Waits, as \`{a}\` says. @default 5
   *
   * @throws \`PolicyError\`: no.
   *
   * @example
   * wait({ms: 1});
   * wait();
   */`);
  expect(doc).toEqual({
    text: 'Waits, as `{a}` says.',
    default: '5',
    params: [],
    throws: ['`PolicyError`: no.'],
    examples: ['wait({ms: 1});\nwait();'],
    see: [],
  });
});

test('the members of an object that is written where it is used keep their docstrings', () => {
  const declarations = `export interface Other {
    readonly limits?: {
        readonly wrong: 1;
    };
}
export interface Options {
    /** Of all. */
    readonly limits?: {
        /** How many. @default 1 */
        readonly many?: number;
        readonly 'per-car': string;
    };
    readonly last: number;
}`;
  expect(inlineMembers(declarations, 'Options', 'limits')).toMatchObject([
    {name: 'many', signature: 'readonly many?: number', doc: {text: 'How many.', default: '1'}},
    {name: "'per-car'", doc: {text: ''}},
  ]);
  expect(inlineMembers(declarations, 'Options', 'last')).toEqual([]);
});
