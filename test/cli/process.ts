import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, onTestFinished} from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const main = join(root, 'src', 'cli', 'main.ts');

/** What the first process has read and stripped of types, the others need not. */
const cache = mkdtempSync(join(tmpdir(), 'smartcar-policy-cache-'));
afterAll(() => rmSync(cache, {recursive: true, force: true}));

/** A run of the command line, up to its end. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run that is still under way. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  readonly stderr: () => string;
  /** Resolves with the output so far as soon as it fits. */
  readonly printed: (pattern: RegExp, where?: 'stdout' | 'stderr') => Promise<string>;
}

const command = ['--conditions=smartcar-policy:source', main];

/** Starts the command line; ends it with the test. */
export function begin(...args: readonly string[]): Running {
  return watch(process.execPath, [...command, ...args]);
}

/** The same, with its output in a file. Needs a shell as on Linux. */
export function beginInto(file: string, ...args: readonly string[]): Running {
  return watch('sh', ['-c', `exec "$0" "$@" > ${file}`, process.execPath, ...command, ...args]);
}

function watch(program: string, args: readonly string[]): Running {
  const child = spawn(program, args, {
    cwd: root,
    env: {...process.env, NO_COLOR: '1', NODE_NO_WARNINGS: '1', NODE_COMPILE_CACHE: cache},
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = {stdout: '', stderr: ''};
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const look of watchers) look();
    });
  }
  const ended = new Promise<Ended>(resolve => {
    child.on('close', code => resolve({code, ...output}));
  });
  return {
    child,
    ended,
    stderr: () => output.stderr,
    printed: (pattern, where = 'stdout') =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(output[where])) return;
          watchers.delete(look);
          resolve(output[where]);
        };
        watchers.add(look);
        void ended.then(({code}) =>
          reject(new Error(`It ended with ${code} before it said ${pattern}: ${output.stderr}`)),
        );
        look();
      }),
  };
}

/** Runs the command line to its end. */
export function run(...args: readonly string[]): Promise<Ended> {
  return begin(...args).ended;
}

export interface Started {
  readonly origin: string;
  readonly control: string;
  readonly connect: string;
  readonly seed: number;
  readonly env: Readonly<Record<string, string>>;
  readonly owners: readonly {readonly id: string; readonly vehicles: readonly {readonly id: string}[]}[];
}

/** Starts a simulator on a free port, and waits for its line. */
export async function beginSimulator(...args: readonly string[]): Promise<Running & {started: Started}> {
  const running = begin('simulator', '--port', '0', '--json', ...args);
  const [line = ''] = (await running.printed(/\n/)).split('\n');
  return {...running, started: JSON.parse(line) as Started};
}

/** Asks the control of a simulator, or its APIs. */
// oxlint-disable-next-line typescript/no-explicit-any -- a test asserts on what it reads
export async function json(url: string, init: RequestInit = {}): Promise<any> {
  const headers = init.body === undefined ? {} : {'content-type': 'application/json'};
  return (await fetch(url, {...init, headers})).json();
}
