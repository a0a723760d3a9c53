import {execFile} from 'node:child_process';
import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {expect, onTestFinished, test} from 'vitest';
import {divideScenario, readScenario, startSimulator} from '../../src/simulator/index.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const outside = read('docs/simulator-from-outside.md');

test('the page of control names every route, and no other', () => {
  const rows = [...outside.matchAll(/^\| ([A-Z, ]+) \| (`\/[^|]*`) \|/gm)];
  const documented = rows.flatMap(([, methods = '', paths = '']) =>
    [...paths.matchAll(/`([^`]+)`/g)].flatMap(([, path]) =>
      methods.split(', ').map(method => `${method} ${path}`),
    ),
  );
  const built = globSync('src/simulator/control/*-routes.ts', {cwd: root}).flatMap(file =>
    [...read(file).matchAll(/route(?:With)?\(\s*'([A-Z]+)',\s*'([^']*)'/g)].map(
      ([, method, path]) => `${method} ${path === '' ? '/' : path}`,
    ),
  );
  expect(built.length).toBeGreaterThan(25);
  expect(documented.toSorted()).toEqual(built.toSorted());
});

test('the page of the command names every flag, and no other', async () => {
  const {stdout} = await promisify(execFile)(process.execPath, [
    '--conditions=smartcar-policy:source',
    join(root, 'src/cli/main.ts'),
    'simulator',
    '--help',
  ]);
  const flags = (text: string) => new Set([...text.matchAll(/--[a-z]+/g)].map(([flag]) => flag));
  const table = [...outside.matchAll(/^\| (`-.*?`) \|/gm)].map(([, cell]) => cell).join(' ');
  expect(flags(table)).toEqual(
    flags(stdout.replaceAll(/--(?:help|version)/g, '').replace(/those of --journal/, '')),
  );
  expect(flags(table).size).toBeGreaterThan(8);
});

const scenarios = [
  ...[...outside.matchAll(/^```json\n(.*?)^```$/gms)].map(([, text = '']) => text),
  ...globSync('examples/scenarios/*.json', {cwd: root}).map(read),
];

test('the scenarios of the documentation and the examples play to their end', async () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(3);
  for (const text of scenarios) {
    const {atStart, toPlay} = divideScenario(readScenario(text));
    const simulator = await startSimulator({...atStart, clock: {now: () => 0}});
    onTestFinished(() => simulator.close());
    const playing = simulator.play(toPlay);
    simulator.advance(7 * 86_400_000);
    await playing.done;
    expect(playing.owners.length).toBeGreaterThan(0);
  }
});

test('the table of replies names every kind, and no other', () => {
  const page = read('docs/simulator.md');
  const rows = [...page.matchAll(/^\| `\{(\w+)/gm)].map(([, kind = '']) => kind);
  const declared = [
    ...read('src/simulator/faults/replies.ts').matchAll(
      /^export interface \w+Reply \{[^}]*?readonly (\w+)\??:/gms,
    ),
  ];
  const kinds = new Set(declared.map(([, kind = '']) => kind));
  expect(kinds.size).toBe(12);
  for (const kind of kinds) expect(page).toMatch(new RegExp(`^\\|.*\`\\{${kind}\\b`, 'm'));
  expect(rows.filter(kind => !kinds.has(kind))).toEqual([]);
});
