import {existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
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

const SHORT = ['lab', 'quota', '--cars', '1', '--hours', '2', '--json', '--quiet'] as const;

test('the report says how to run it again in a shell, and keeps the secrets of the options', async () => {
  const path = folder();
  const options = join(path, 'my own policy.json');
  const html = join(path, 'lab.html');
  // As Windows writes it.
  writeFileSync(options, '\u{feff}{"connect": {"stateSecret": "hush-hush"}, "maxWaitMs": 5000}');
  const {code, stdout, stderr} = await run(...SHORT, '--options', options, '--html', html);

  expect({code, stderr}).toEqual({code: 0, stderr: ''});
  const {command} = JSON.parse(stdout) as {command: string};
  expect(command).toBe(`npx smartcar-policy lab quota --seed 1 --cars 1 --hours 2 --options '${options}'`);
  expect(stdout).toContain('5000');
  expect(stdout).not.toContain('hush');
  expect(readFileSync(html, 'utf8')).not.toContain('hush');
}, 60_000);

test.each([
  ['{"maxWaitMs": -1}', /policy\.json`?: Expected `maxWaitMs` to be a number of milliseconds from 0 up, got/],
  ['{"deadlineMs": 1}', /Unknown option `deadlineMs`/],
  ['["hush"]', /Expected `.*policy\.json` to hold an object of options, got an array/],
  ['"hush"', /Expected `.*policy\.json` to hold an object of options, got a string/],
  ['{"hush": hush}', /Expected `.*policy\.json` to hold JSON, got something else\./],
  ['{"hush": 1', /Expected `.*policy\.json` to hold JSON, got something else at position 10/],
])('the options %s are refused before anything runs', async (text, problem) => {
  const options = join(folder(), 'policy.json');
  writeFileSync(options, text);
  const {code, stderr, stdout} = await run('lab', '--options', options);
  expect({code, stdout}).toEqual({code: 1, stdout: ''});
  expect(stderr).toMatch(problem);
  expect(stderr).not.toContain('"hush"');
  expect(stderr.split('\n')).toHaveLength(2);
});

test.each([
  ['', /Expected `.*` to be a file for the page, got a folder/],
  ['missing/lab.html', /Expected `.*lab\.html` to be a file for the page, got a folder that does not exist/],
])('a page at "%s" is refused before anything runs', async (name, problem) => {
  const path = folder();
  const {code, stderr, stdout} = await run('lab', '--html', join(path, name));
  expect({code, stdout}).toEqual({code: 1, stdout: ''});
  expect(stderr).toMatch(problem);
  expect(stderr.split('\n')).toHaveLength(2);
  expect(readdirSync(path)).toEqual([]);
});

test('a run that fails leaves a page as it was, and none where there was none', async () => {
  const path = folder();
  const [old, fresh] = [join(path, 'old.html'), join(path, 'new.html')];
  writeFileSync(old, 'before');
  for (const html of [old, fresh]) {
    const {code, stderr} = await run('lab', 'collapse', '--hours', '1e-9', '--json', '--html', html);
    expect(code).toBe(1);
    expect(stderr).toContain('Expected a size at which something is asked in collapse');
  }
  expect(readFileSync(old, 'utf8')).toBe('before');
  expect(existsSync(fresh)).toBe(false);
});

test.each([
  [['lab', 'brownout'], /Allowed choices are steady, burst/],
  [['lab', 'quota', '--cars', '0'], /Expected a whole number from 1 to 1000000/],
  [
    ['lab', '--options', 'nowhere.json'],
    /Expected `nowhere\.json` to be a file of options as JSON, got no such file/,
  ],
  [['lab', '--options', 'src'], /Expected `src` to be a file of options as JSON, got a folder/],
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
