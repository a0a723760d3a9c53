import {execFile} from 'node:child_process';
import {cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, it} from 'vitest';

const root = join(import.meta.dirname, '..', '..');
// Inside the package, so that `smartcar-policy` means the sources.
const place = join(import.meta.dirname, '.blocks');
const pages = ['README.md', ...globSync('docs/**/*.md', {cwd: root})];

interface Block {
  readonly name: string;
  readonly code: string;
}

const blocks = pages.flatMap((page): Block[] => {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match, index) => ({
    name: `${page.replaceAll(/[^a-z\d]/gi, '-')}-${index + 1}.ts`,
    code: match[1] ?? '',
  }));
});

beforeAll(() => {
  mkdirSync(place, {recursive: true});
  for (const {name, code} of blocks) writeFileSync(join(place, name), code);
  cpSync(join(root, 'examples', 'smartcar.d.ts'), join(place, 'smartcar.d.ts'));
  const unusedIsFine = {noUnusedLocals: false, isolatedDeclarations: false, declaration: false};
  writeFileSync(
    join(place, 'tsconfig.json'),
    JSON.stringify({extends: '../../../tsconfig.json', compilerOptions: unusedIsFine, include: ['*.ts']}),
  );
});

afterAll(() => rmSync(place, {recursive: true, force: true}));

it('finds the code blocks of the documentation', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(7);
});

it('compiles every code block of the documentation', async () => {
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const {stdout} = await promisify(execFile)(tsc, ['-p', place, '--pretty', 'false']).catch(
    (error: {stdout: string}) => error,
  );
  expect(stdout).toBe('');
}, 60_000);
