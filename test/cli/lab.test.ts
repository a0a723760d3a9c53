import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {SCENARIOS} from '../../src/lab/scenarios/all.ts';
import {run} from './process.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'smartcar-policy-lab-'));
  onTestFinished(() => rmSync(path, {recursive: true, force: true}));
  return path;
}

test('the lab prints a table, writes a page, and tries options of the user beside the others', async () => {
  const path = folder();
  const options = join(path, 'policy.json');
  const html = join(path, 'lab.html');
  writeFileSync(options, '{"budget": false}');
  const {code, stdout, stderr} = await run(
    'lab',
    'quota',
    '--cars',
    '1',
    '--hours',
    '48',
    '--options',
    options,
    '--html',
    html,
  );

  expect(code).toBe(0);
  expect(stdout).toMatch(/^quota\n/);
  for (const policy of [
    'smartcar-policy ',
    'smartcar-policy, yours',
    'no retry',
    'p-retry',
    'ky',
    'axios-retry',
    'by hand',
  ])
    expect(stdout).toContain(`\n${policy}`);
  expect(stdout).toContain('met      smartcar-policy: no call before a told time (0)');
  expect(stderr).toContain('quota: cockatiel\n');
  expect(readFileSync(html, 'utf8')).toContain('<svg');
}, 60_000);

test('the same seed gives the same numbers, as JSON', async () => {
  const once = await run('lab', 'quota', '--cars', '1', '--hours', '24', '--seed', '7', '--json', '--quiet');
  const again = await run('lab', 'quota', '--cars', '1', '--hours', '24', '--seed', '7', '--json', '--quiet');

  expect(once).toMatchObject({code: 0, stderr: ''});
  expect(again.stdout).toBe(once.stdout);
  expect(JSON.parse(once.stdout)).toMatchObject({seed: 7, scenarios: [{title: 'quota'}]});
}, 60_000);

test.each([
  [['lab', 'brownout'], /Allowed choices are steady, burst/],
  [['lab', 'quota', '--cars', '0'], /Expected a whole number from 1 to 1000000/],
  [['lab', 'quota', '--options', 'nowhere.json'], /nowhere\.json/],
])('%j is refused', async (given, problem) => {
  const {code, stderr, stdout} = await run(...given);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(problem);
  expect(stdout).toBe('');
});

test('every scenario can be named', async () => {
  const {stderr} = await run('lab', 'nothing');
  expect(stderr).toContain(`Allowed choices are ${Object.keys(SCENARIOS).join(', ')}.`);
});
