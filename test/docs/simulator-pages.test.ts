import {execFile} from 'node:child_process';
import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {expect, onTestFinished, test} from 'vitest';
import {skipsWithout} from '../binaries.ts';
import {divideScenario, readScenario, startSimulator} from '../../src/simulator/index.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/simulator.md');
const outside = read('docs/simulator-from-outside.md');
const whole = page + outside;

const flags = (text: string): Set<string> => new Set([...text.matchAll(/--[a-z]+/g)].map(([flag]) => flag));

test('the page of control names every route, and no other', () => {
  const rows = [...outside.matchAll(/^\| ([A-Z, ]+) \| (`\/[^|]*`) \|/gm)];
  const documented = rows.flatMap(([, methods = '', paths = '']) =>
    [...paths.matchAll(/`([^`]+)`/g)].flatMap(([, path]) =>
      methods.split(', ').map(method => `${method} ${path}`),
    ),
  );
  const built = globSync('src/simulator/control/*-routes.ts', {cwd: root}).flatMap(file =>
    [...read(file).matchAll(/route(?:With|Asked)?\(\s*(?:'([A-Z]+)',\s*)?'([^'A-Z]*)'/g)].map(
      ([, method = 'GET', path]) => `${method} ${path === '' ? '/' : path}`,
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

/** The members of an interface, as its file declares them. */
function membersOf(file: string, name: string): string[] {
  const [, body = ''] =
    new RegExp(`^export interface ${name}\\b[^{]*\\{\\n(.*?)^\\}`, 'ms').exec(read(file)) ?? [];
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[(:]/gm)].map(([, member = '']) => member);
}

test.each([
  ['SimulatorOptions', 'types.ts', 14],
  ['GrantOptions', 'types.ts', 2],
  ['Simulator', 'types.ts', 25],
  ['TokenOptions', 'oauth/tokens.ts', 8],
  ['LimitOptions', 'limits/options.ts', 5],
  ['OwnerSpec', 'fleet/owner.ts', 6],
  ['Match', 'faults/match.ts', 8],
  ['JournalEntry', 'journal.ts', 15],
  ['WebhookSpec', 'webhooks/types.ts', 7],
  ['Webhooks', 'webhooks/types.ts', 8],
  ['Scenario', 'control/scenario.ts', 10],
  ['Actions', 'control/scenario.ts', 9],
])('the pages name every member of %s', (name, file, least) => {
  const members = membersOf(`src/simulator/${file}`, name);
  expect(members.length).toBeGreaterThanOrEqual(least);
  expect(members.filter(member => !new RegExp(`\\b${member}\\b`).test(whole))).toEqual([]);
});

test('the defaults in the tables of options are the ones that hold', async () => {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
  const {env, applicationId, applicationManagementToken} = simulator;
  for (const value of [
    env['SMARTCAR_CLIENT_ID'],
    env['SMARTCAR_CLIENT_SECRET'],
    applicationId,
    applicationManagementToken,
  ]) {
    expect(page).toContain(`\`${value}\``);
  }
});

test.skipIf(skipsWithout("The test of the page's shell calls", ['bash', 'curl', 'jq']))(
  'the first calls of the page work in a shell',
  async () => {
    const [, calls = ''] = /^```sh\n\. \.\/smartcar\.env\n(.*?)^```$/ms.exec(outside) ?? [];
    expect(calls).toContain('curl');
    const simulator = await startSimulator({seed: 7});
    onTestFinished(() => simulator.close());
    simulator.addOwner({id: 'ada'});
    simulator.addOwner({id: 'bob'});
    const {stdout} = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', calls], {
      env: {...process.env, ...simulator.env},
    });
    expect(stdout).toContain('"odometer-traveleddistance"');
    expect(stdout).toContain('"distance":37829');
    expect(stdout).toContain('"refresh_token"');
    expect(stdout).toContain('"/oauth/token",200]');
    expect(simulator.journal.filter(({status}) => status === 200)).toHaveLength(4);
  },
);
