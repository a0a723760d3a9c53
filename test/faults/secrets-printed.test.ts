import {execFile} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {expect, onTestFinished, test} from 'vitest';
import {Canaries} from './support/canaries.ts';
import {FACTOR} from './support/factor.ts';

const root = join(import.meta.dirname, '..', '..');
const sniffing = join(import.meta.dirname, 'support', 'sniffing.ts');

/** What a program of the examples prints, and every secret that went through its fetch. */
async function printed(...args: readonly string[]): Promise<{canaries: Canaries; text: string}> {
  const folder = mkdtempSync(join(tmpdir(), 'smartcar-sniffed-'));
  onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
  const file = join(folder, 'secrets');
  const node = ['--conditions=smartcar-policy:source', '--import', sniffing, ...args];
  const env = {...process.env, NO_COLOR: '1', SMARTCAR_SNIFFED: file};
  const {stdout, stderr} = await promisify(execFile)(process.execPath, node, {cwd: root, env});
  const canaries = new Canaries({clientSecret: 'simulator-secret'});
  for (const [index, secret] of readFileSync(file, 'utf8').trim().split('\n').entries())
    canaries.add(`secret ${index}`, secret);
  canaries.show('stdout', stdout);
  canaries.show('stderr', stderr);
  return {canaries, text: stdout};
}

const PROGRAMS: readonly (readonly string[])[] = [
  ['examples/run.ts', 'reauth'],
  ...(FACTOR > 1
    ? [['examples/story/main.ts'], ['examples/run.ts', 'fetch'], ['examples/run.ts', 'ky']]
    : []),
];

test.each(PROGRAMS.map(args => ({args, name: args.join(' ')})))(
  '$name prints none of the tokens that it uses',
  async ({args}) => {
    const {canaries, text} = await printed(...args);
    expect(canaries.size).toBeGreaterThan(1);
    expect(text.length).toBeGreaterThan(50);
    expect(canaries.leaks()).toEqual([]);
  },
  60_000,
);
