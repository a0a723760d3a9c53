import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, test} from 'vitest';
import {CATALOGUE} from '../../src/core/catalogue/catalogue.ts';
import {REASONS} from '../../src/core/reasons.ts';
import {failureTable} from './failure-table.ts';
import {between} from './marks.ts';
import {reasonsTable} from './reasons-table.ts';

const read = (page: string): string => readFileSync(join(import.meta.dirname, '..', '..', page), 'utf8');

describe("README's table of failures", () => {
  it('is the one that the catalogue gives; `npm run docs` writes it', () => {
    expect(between(read('README.md'), 'failures')).toBe(failureTable());
  });

  it.each(['2.0', '3'])('names every error of %s', api => {
    const table = failureTable();
    const rows = CATALOGUE.filter(row => row.api === api && row.type !== null);
    expect(rows.length).toBeGreaterThan(40);
    for (const {type, code} of rows) {
      const line = table.split('\n').find(one => one.includes(`\`${type}\``) && namesCode(one, type, code));
      expect(line === undefined ? `${type}:${code} is missing` : 'named').toBe('named');
    }
  });
});

/** A type without codes stands for all of them. */
function namesCode(line: string, type: string | null, code: string | null): boolean {
  const [, after = ''] = line.split(`\`${type}\``);
  if (!after.startsWith(':')) return true;
  const own = after.split(';')[0] ?? '';
  return own.includes(code === null ? 'no code' : `\`${code}\``);
}

test('the page of reasons has every code with its sentence, and no other', () => {
  expect(between(read('docs/reasons.md'), 'reasons')).toBe(reasonsTable());
  const codes = [...read('docs/reasons.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
  expect(codes.filter(code => code !== 'reason')).toEqual(Object.keys(REASONS));
});
