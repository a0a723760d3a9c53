import {execFile} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {ROOT} from './entries.ts';

/** What the build reads, and what is published beside it. */
const NEEDED = [
  'package.json',
  'README.md',
  'LICENSE',
  'src',
  'tsconfig.json',
  'tsconfig.build.json',
  'rolldown.config.ts',
];

/** The package as it would be published, and projects that have installed it. */
export interface Packed {
  readonly tarball: string;
  /** A new project with the package and these others in it. */
  install(name: string, others: readonly string[]): Promise<string>;
  /** The binary of a version of Node: `22`. */
  node(version: string): Promise<string>;
  remove(): void;
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Builds in a folder of its own, since others may be building in the tree. */
export async function packed(): Promise<Packed> {
  const at = mkdtempSync(join(tmpdir(), 'smartcar-policy-packed-'));
  const build = join(at, 'build');
  mkdirSync(build);
  for (const name of NEEDED) cpSync(join(ROOT, name), join(build, name), {recursive: true});
  symlinkSync(join(ROOT, 'node_modules'), join(build, 'node_modules'));
  // Which builds first, as `npm publish` would.
  const {stdout} = await npm(build, 'pack', '--pack-destination', at);
  const tarball = join(at, stdout.trim().split('\n').at(-1) ?? '');
  const install = async (name: string, wanted: readonly string[]): Promise<string> => {
    const project = join(at, name);
    mkdirSync(project);
    // The package `node` fetches its binary in a script, which npm runs for those that are listed.
    const own = {name, private: true, type: 'module', allowScripts: {node: true}};
    writeFileSync(join(project, 'package.json'), JSON.stringify(own));
    await npm(project, 'install', '--prefer-offline', '--no-audit', '--no-fund', ...wanted);
    return project;
  };
  return {
    tarball,
    install: (name, others) => install(name, [tarball, ...others]),
    // Each in a project of its own: the script of one takes the other away.
    node: async version =>
      join(await install(`node${version}`, [`node@${version}`]), 'node_modules', 'node', 'bin', 'node'),
    remove: () => rmSync(at, {recursive: true, force: true}),
  };
}

async function npm(cwd: string, ...args: readonly string[]): Promise<Ran> {
  const ran = await run(cwd, 'npm', ...args);
  if (ran.status !== 0) throw new Error(`npm ${args.join(' ')}:\n${ran.stdout}\n${ran.stderr}`);
  return ran;
}

/** Runs a program to its end, with the Node of this process first on the path. */
export async function run(cwd: string, program: string, ...args: readonly string[]): Promise<Ran> {
  const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  // What npm tells the scripts that it runs about itself is about another project. Certificates are the machine's.
  const outside = Object.entries(process.env).filter(
    ([name]) => !/^npm_|^NODE_(?!EXTRA_CA_CERTS)|^VITEST/i.test(name),
  );
  const env = {...Object.fromEntries(outside), PATH, NO_COLOR: '1'};
  try {
    const done = await promisify(execFile)(program, args, {cwd, env, maxBuffer: 2 ** 26});
    return {status: 0, ...done};
  } catch (error) {
    const {code, stdout = '', stderr = ''} = error as {code?: unknown; stdout?: string; stderr?: string};
    return {status: typeof code === 'number' ? code : -1, stdout, stderr: stderr || String(error)};
  }
}

export const read = (path: string): string => readFileSync(path, 'utf8');
