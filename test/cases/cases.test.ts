import {readFileSync} from 'node:fs';
import {describe, expect, it, test} from 'vitest';
import {createPolicy, userTokens} from '../../src/index.ts';
import {allCases, responseOf, subjectOf, type NamedCase} from './case.ts';

const cases = allCases();
const policy = createPolicy({
  app: {name: 'Volt'},
  auth: userTokens({clientId: 'id', clientSecret: 'secret'}),
  clock: {now: () => Date.UTC(2026, 5, 1), sleep: () => new Promise(() => undefined)},
  random: () => 0,
});

function held({expect: {failure, decision, userMessage, docUrl, hints}}: NamedCase): object {
  return {failure, ...decision, userMessage, docUrl, ...(hints && {hints})};
}

describe.each(cases.map(one => [one.name, one.about, one] as const))('%s: %s', (_name, _about, one) => {
  const {request, response} = one;

  it('is read, decided about and put into words', async () => {
    const {status, headers} = response ?? {};
    const found = await policy.explain(subjectOf(one), {
      request,
      user: 'ada',
      ...(status !== undefined && {status}),
      ...(headers && {headers}),
    });
    expect(found).toMatchObject(held(one));
    expect(found.failure).toEqual(one.expect.failure);
  });

  if (!response) return;
  it('is read the same off a response', async () => {
    const found = await policy.explain(responseOf(one), {request, user: 'ada'});
    expect(found).toMatchObject(held(one));
  });
});

interface Row {
  readonly api: string;
  readonly type: string | null;
  readonly code: string | null;
  readonly status: number | null;
}

test('every row of the table of errors has its cases, in every envelope it can appear in', () => {
  const file = new URL('../data/smartcar-errors.json', import.meta.url);
  const rows = JSON.parse(readFileSync(file, 'utf8')) as readonly Row[];
  expect(rows.length).toBeGreaterThan(180);
  const names = new Set(cases.map(({name}) => name));
  expect(rows.flatMap(namesFor).filter(name => !names.has(name))).toEqual([]);
});

/** How the files of a row are called. */
function namesFor({api, type, code, status}: Row): readonly string[] {
  const words = [type, code === '*' ? 'any-other' : code, type === null && code === null ? status : null];
  const slug = words
    .filter(word => word !== null)
    .join('-')
    .toLowerCase()
    .replaceAll('_', '-');
  switch (api) {
    case '2.0':
      return [`v2-${slug}`, `v2-batch-${slug}`];
    case '3':
      return type === null ? [`v3-${slug}`] : [`v3-${slug}`, `v3-signal-${slug}`];
    case '3-signal':
      return [`v3-one-signal-${slug}`, `v3-signals-${slug}`];
    case '1.0':
      return [`v1-${slug}`];
    default:
      return [`${api.replace('-4.0', '')}-${slug}`];
  }
}
