import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {EVENT_NAMES} from '../../src/engine/events.ts';
import {DEFAULT_ORIGINS, DEFAULTS} from '../../src/options.ts';
import {POLICY_ERROR_CODES} from '../../src/index.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/settings.md');

/** What stands in the first column of the tables below a heading. */
function named(heading: string, text: string): readonly string[] {
  const [, section = ''] = new RegExp(`^#+ ${heading}\\n(.*?)(?=^## |$(?![\\s\\S]))`, 'ms').exec(text) ?? [];
  const cells = [...section.matchAll(/^\| (`[^|]*`) \|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap(cell => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

/** The members of an interface, as its file declares them. */
function membersOf(file: string, name: string): readonly string[] {
  const [, body = ''] = new RegExp(`^export interface ${name} \\{\\n(.*?)^\\}`, 'ms').exec(read(file)) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member = '']) => member);
}

const sorted = (names: readonly string[]): readonly string[] => names.toSorted();

test('the page of settings names every option, and no other', () => {
  const members = membersOf('src/options.ts', 'PolicyOptions');
  expect(members.length).toBeGreaterThan(20);
  expect(sorted(named('Settings', page).filter(name => name !== 'option'))).toEqual(sorted(members));
});

test('the page of settings names every member of a call’s context, and no other', () => {
  const members = membersOf('src/engine/call.ts', 'CallContext');
  expect(members.length).toBeGreaterThan(10);
  expect(sorted(named('The context of a call', page))).toEqual(sorted(members));
});

test('the page of settings names every event, and no other', () => {
  expect(sorted(named('Events', page))).toEqual(sorted(EVENT_NAMES));
});

test('the defaults on the page are those that hold', () => {
  const shown = page.replaceAll(/(\d)[ _](?=\d{3})/g, '$1');
  const {maxWaitMs, attemptTimeoutMs, refreshAheadMs, probeAfterMs, mostWaiting, budget, quota} = DEFAULTS;
  for (const value of [maxWaitMs, attemptTimeoutMs, refreshAheadMs, probeAfterMs, mostWaiting]) {
    expect(shown).toMatch(new RegExp(`\\b${value}\\b`));
  }
  expect(page).toContain(`{share: ${budget.share}, size: ${budget.size}}`);
  expect(page).toContain(`warnAt: ${quota.warnAt}, startDay: ${quota.startDay}`);
});

test('the reference gives the default of each origin', () => {
  const [, section = ''] = /^### `Origins`\n(.*?)^### /ms.exec(read('docs/api/index.md')) ?? [];
  const rows = [...section.matchAll(/^- `(\w+): string`.*?Default: `(.*?)`$/gms)];
  expect(Object.fromEntries(rows.map(([, name, origin]) => [name, origin]))).toEqual(DEFAULT_ORIGINS);
});

test('the page of troubles has every code of a PolicyError, and no other', () => {
  expect(
    named('Codes of a `PolicyError`', read('docs/troubleshooting.md')).filter(name => name !== 'code'),
  ).toEqual(POLICY_ERROR_CODES);
});
