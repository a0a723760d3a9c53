import {describe, expect, it} from 'vitest';
import {floorOf, packagesOf, trespasses} from './judge.ts';
import {FLOORS, IMPURE, MOST_LINES} from './rules.ts';
import {cycles, sourceFile, sourceFiles, withoutTexts} from './source.ts';

const FILES = sourceFiles();

describe('the house', () => {
  it('has files to look at', () => {
    expect(FILES.map(file => file.path)).toEqual(expect.arrayContaining(['core/decide.ts', 'ports.ts']));
  });

  it('imports only downwards', () => {
    expect(FILES.flatMap(trespasses)).toEqual([]);
  });

  it('imports only files that exist', () => {
    const paths = new Set(FILES.map(file => file.path));
    const inside = FILES.flatMap(file => file.imports.filter(one => one.inside));
    expect(inside.filter(one => !paths.has(one.to))).toEqual([]);
  });

  it('has no cycles, types counted', () => {
    expect(cycles(FILES)).toEqual([]);
  });

  it.each(FLOORS.filter(floor => floor.onePackage).map(floor => floor.at))(
    '%s joins the ports to one package at most',
    at => {
      const packages = packagesOf(FILES.filter(file => file.path.startsWith(at)));
      expect([...packages].slice(1)).toEqual([]);
    },
  );

  it(`has no file of more than ${MOST_LINES} lines`, () => {
    const long = FILES.filter(file => file.lines > MOST_LINES);
    expect(long.map(file => `${file.path}: ${file.lines}`)).toEqual([]);
  });

  it('has no folder for leftovers', () => {
    expect(FILES.filter(file => /(^|\/)(utils?|helpers?|misc|common)\//.test(file.path))).toEqual([]);
  });

  it('has no default export', () => {
    const offenders = FILES.filter(file =>
      /\bexport\s+default\b|\bas\s+default\b/.test(withoutTexts(file.code)),
    );
    expect(offenders.map(file => file.path)).toEqual([]);
  });
});

describe('the core is pure: it', () => {
  const core = FILES.filter(file => file.path.startsWith('core/'));

  it.each(Object.entries(IMPURE))('never uses %s', (_, pattern) => {
    expect(core.filter(file => pattern.test(withoutTexts(file.code))).map(file => file.path)).toEqual([]);
  });
});

describe('the reader of imports', () => {
  it('sees every way to import, and nothing in a comment or a text', () => {
    const {imports} = sourceFile(
      'engine/x.ts',
      `import type {A} from '../core/a.ts';
       import {type B, type C} from '../core/b.ts';
       import {type D, e} from '../core/c.ts';
       import * as f from "node:fs";
       import './side.ts';
       export {g} from './g.ts';
       export type {H} from './h.ts';
       export * from './all.ts';
       const i = await import('ky');
       // import {j} from './comment.ts';
       /** import {k} from './docs.ts'; '*/
       const text = "import {l} from './text.ts'";
       const route = '/v3/*'; // it's
       import {
         m,
         n,
       } from './last.ts';
      `,
    );
    expect(imports.map(one => `${one.typeOnly ? 'type ' : ''}${one.to}`)).toEqual([
      'type core/a.ts',
      'type core/b.ts',
      'core/c.ts',
      'node:fs',
      'engine/side.ts',
      'engine/g.ts',
      'type engine/h.ts',
      'engine/all.ts',
      'engine/last.ts',
      'ky',
    ]);
  });

  it('finds a cycle that only types close', () => {
    const files = [
      sourceFile('a.ts', "import type {B} from './b.ts';"),
      sourceFile('b.ts', "import {c} from './c.ts';"),
      sourceFile('c.ts', "export type {A} from './a.ts';"),
    ];
    expect(cycles(files)).toEqual(['a.ts → b.ts → c.ts → a.ts']);
    expect(cycles(files.slice(0, 2))).toEqual([]);
  });

  it.each([
    ['core/x.ts', "import {z} from '../ports.ts';"],
    ['core/x.ts', "import {readFileSync} from 'node:fs';"],
    ['core/x.ts', "import type {Z} from 'ky';"],
    ['ports.ts', "import {z} from './ports/z.ts';"],
    ['ports/x.ts', "import {z} from '../core/z.ts';"],
    ['engine/x.ts', "import type {Z} from '../doors/z.ts';"],
    ['engine/x.ts', "import type {Z} from '../stores/z.ts';"],
    ['engine/x.ts', "import {z} from '../policy.ts';"],
    ['engine/x.ts', "import ky from 'ky';"],
    ['doors/x.ts', "import {z} from '../core/z.ts';"],
    ['doors/fetch.ts', "import ky from 'ky';"],
    ['doors/x.ts', "import {z} from '../stores/z.ts';"],
    ['stores/x.ts', "import type {Z} from '../engine/z.ts';"],
    ['stores/x.ts', "import type {Z} from '../redis/z.ts';"],
    ['simulator/x.ts', "import type {Z} from '../core/z.ts';"],
    ['simulator/x.ts', "import {z} from 'ky';"],
    ['attic/x.ts', ''],
  ])('refuses in %s: %s', (path, text) => {
    expect(trespasses(sourceFile(path, text))).toHaveLength(1);
  });

  it.each([
    ['ports.ts', "export type * from './ports/z.ts';"],
    ['ports/x.ts', "import type {Z} from '../core/z.ts';"],
    ['engine/x.ts', "import pRetry from 'p-retry';"],
    ['doors/x.ts', "import type {Z} from '../core/z.ts';"],
    ['doors/ky.ts', "import ky from 'ky';"],
    ['stores/x.ts', "import {DatabaseSync} from 'node:sqlite';"],
    ['stores/x.ts', "import type {Redis} from 'ioredis';"],
    ['simulator/x.ts', "import {z} from './v2/z.ts';"],
    ['policy.ts', "import {z} from './engine/z.ts';"],
  ])('allows in %s: %s', (path, text) => {
    expect(trespasses(sourceFile(path, text))).toEqual([]);
  });

  it('knows the floor of every folder', () => {
    expect(FILES.filter(file => !floorOf(file.path)).map(file => file.path)).toEqual([]);
  });
});
