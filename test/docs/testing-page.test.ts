import {execFile} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, expect, test} from 'vitest';

// Inside the package, so that `smartcar-policy` means the sources.
const place = mkdtempSync(join(import.meta.dirname, '.testing-'));
afterAll(() => rmSync(place, {recursive: true, force: true}));

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'testing.md'), 'utf8');
const programs = [...page.matchAll(/^## ([^\n]+)\n(?:(?!^## ).)*?^```ts\n(.*?)^```$/gms)].map(
  ([, heading = '', code = '']) => [heading, code] as const,
);

test.each(programs)(
  'the tests of the page pass: %s',
  async (heading, code) => {
    const file = join(place, `${heading.replaceAll(/\W/g, '-')}.ts`);
    writeFileSync(file, code);
    const args = ['--conditions=smartcar-policy:source', '--test', '--test-reporter=tap', file];
    // A runner within a runner reports to the outer one instead.
    const {NODE_TEST_CONTEXT: _outer, ...env} = process.env;
    const {stdout} = await promisify(execFile)(process.execPath, args, {env}).catch(
      (error: {stdout: string}) => error,
    );
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(stdout).toMatch(/^# pass [1-9]/m);
  },
  60_000,
);

test('all programs of the page were found', () => {
  expect(programs).toHaveLength(page.match(/^```ts$/gm)?.length ?? 0);
  expect(programs.length).toBeGreaterThan(3);
});
