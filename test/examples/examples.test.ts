import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {expect, it} from 'vitest';

const root = join(import.meta.dirname, '..', '..');

async function run(...args: readonly string[]): Promise<string> {
  const node = ['--conditions=smartcar-policy:source', ...args];
  const {stdout, stderr} = await promisify(execFile)(process.execPath, node, {
    cwd: root,
    env: {...process.env, NO_COLOR: '1'},
  });
  expect(stderr.replaceAll(/^.*(ExperimentalWarning|--trace-warnings).*$/gm, '').trim()).toBe('');
  return stdout;
}

it.each([
  ['fetch', ['200 93 signals', '429 wait-too-long']],
  ['ky', ['{ distance: 37829 }', '409 owner']],
  ['sdk', ['37829 km', 'outcome-unknown 1']],
  ['reauth', ['/oauth/reauthenticate', 'REAUTH_REQUIRED', 'back, by: callback', '200']],
])('runs the example %s to its end', async (name, expected) => {
  const printed = await run('examples/run.ts', name);
  for (const text of expected) expect(printed).toContain(text);
});

it('tells the whole story and counts what it cost', async () => {
  const printed = await run('examples/story/main.ts');
  expect(printed).toContain('20 of 20 answered');
  expect(printed).toContain('the car was locked 1 time');
  expect(printed).toContain('the parked call went through: 200');
  const columns = (row: string): number[] => {
    const line = printed.split('\n').find(one => one.startsWith(row)) ?? '';
    return line.slice(34).trim().split(/\s+/).map(Number);
  };
  expect(columns('a read')).toEqual([1, 1, 0, 0]);
  expect(columns('RETRY_LATER twice')).toEqual([1, 3, 0, 2]);
  expect(columns('a told retry-after')).toEqual([2, 3, 0, 1]);
  expect(columns('expired token, 20 calls')[0]).toBe(20);
  expect(columns('expired token, 20 calls')[2]).toBe(1);
  expect(columns('a dropped lock command')).toEqual([1, 1, 0, 1]);
  expect(columns('the owner has to come back')).toEqual([3, 2, 0, 1]);
}, 60_000);

it('names the examples when asked for one that is not there', async () => {
  const node = ['--conditions=smartcar-policy:source', 'examples/run.ts', 'nothing-here'];
  await expect(promisify(execFile)(process.execPath, node, {cwd: root})).rejects.toMatchObject({
    stderr: expect.stringContaining('Expected the name of an example (fetch, ky, sdk, reauth)'),
  });
});
