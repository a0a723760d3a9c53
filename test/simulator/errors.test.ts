import {readFile} from 'node:fs/promises';
import {expect, test} from 'vitest';
import {start, v2Owner, v3Owner} from './harness.ts';

interface Row {
  readonly api: string;
  readonly type: string | null;
  readonly code: string | null;
  readonly status: number;
  readonly resolution: string | null;
}

/** The simulator has its own table; here it is held against the one the engine is built on. */
const data: unknown = JSON.parse(
  await readFile(new URL('../data/smartcar-errors.json', import.meta.url), 'utf8'),
);
const rows = (Array.isArray(data) ? data : Object.values(data as object).flat()) as readonly Row[];

test.each(['2.0', '3'])('the simulator speaks every error of %s as documented', async api => {
  const simulator = await start();
  const {send} = api === '3' ? await v3Owner(simulator) : v2Owner(simulator);
  const wanted = rows.filter(row => row.api === api && row.type !== null);
  expect(wanted.length).toBeGreaterThan(40);
  const seen: unknown[] = [];
  for (const {type, code} of wanted) {
    simulator.next({}, {error: code === null ? String(type) : `${type}:${code}`});
    const {status, body} = await send('GET', api === '3' ? '/v3/connections' : '/v2.0/vehicles');
    const error = api === '3' ? body.errors[0] : body;
    seen.push({type: error.type, code: error.code, status, resolution: error.resolution?.type ?? null});
  }
  expect(seen).toEqual(wanted.map(({type, code, status, resolution}) => ({type, code, status, resolution})));
  simulator.done();
});
