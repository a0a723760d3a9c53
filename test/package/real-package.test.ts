import {cpSync, existsSync, globSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {entries, ROOT} from './entries.ts';
import {packed, read, run, type Packed} from './packed.ts';

const wanted = process.env['CI'] === 'true';
if (!wanted)
  console.log('Tests of the packed package skipped: they install it from the registry; CI=true runs them.');

const bin = (name: string): string => join(ROOT, 'node_modules', '.bin', name);
const all = entries();
/** Entries that need nothing but the package itself. */
const PEERLESS = ['index', 'node', 'simulator', 'testing'];
const peerless = all.filter(({name}) => PEERLESS.includes(name));

/** The names that an entry exports, by its report; those that are types alone. */
function exported(name: string): {readonly values: readonly string[]; readonly types: readonly string[]} {
  const report = read(join(ROOT, 'api', `${name}.api.md`));
  const names = (kinds: string): string[] =>
    [...report.matchAll(new RegExp(`^export (?:declare )?(?:${kinds}) (\\w+)`, 'gm'))].map(
      ([, own = '']) => own,
    );
  return {values: names('const|function|class'), types: names('interface|type')};
}

/** A program that names every export of these entries, values and types. */
function namesAll(some: typeof all): string {
  return some
    .map(({name, specifier}) => {
      const {values, types} = exported(name);
      return [
        `export const ${name}Values = await import('${specifier}').then(({${values.join(', ')}}) => [${values.join(', ')}]);`,
        ...(types.length > 0
          ? [`export type {${types.map(own => `${own} as ${name}${own}`).join(', ')}} from '${specifier}';`]
          : []),
      ].join('\n');
    })
    .join('\n');
}

function compiles(project: string, module: string, resolution: string, ...files: readonly string[]) {
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmit'];
  const target = ['--target', 'es2023', '--lib', 'es2023,esnext.disposable', '--types', 'node'];
  const how = ['--module', module, '--moduleResolution', resolution, '--ignoreConfig'];
  return run(project, bin('tsc'), ...strict, ...target, ...how, '--pretty', 'false', ...files);
}

describe.skipIf(!wanted)('the package as it is published', () => {
  let pack: Packed;
  /** With all peers, and without any. */
  let full: string;
  let bare: string;
  const nodes = new Map<string, string>();

  beforeAll(async () => {
    pack = await packed();
    const {peerDependencies} = JSON.parse(read(join(ROOT, 'package.json'))) as {peerDependencies: object};
    const peers = Object.entries(peerDependencies).map(([name, range]) => `${name}@${String(range)}`);
    full = await pack.install('full', [...peers, '@types/node@24']);
    bare = await pack.install('bare', ['@types/node@24']);
    for (const version of ['22', '26']) nodes.set(version, await pack.node(version));
    for (const project of [full, bare]) {
      cpSync(join(ROOT, 'test', 'package', 'consumer.ts'), join(project, 'consumer.ts'));
    }
    writeFileSync(join(full, 'all.ts'), namesAll(all));
    writeFileSync(join(bare, 'all.ts'), namesAll(peerless));
  }, 600_000);

  afterAll(() => pack?.remove());

  const node = (version: string): string => nodes.get(version) ?? process.execPath;

  describe.each(['22', '24', '26'])('on Node %s', version => {
    it.each([
      ['import', 'names.mjs', 'await import'],
      ['require', 'names.cjs', 'require'],
    ])('gives every export of every entry, by %s', async (_how, file, load) => {
      const lines = all.map(
        ({specifier, name}) => `console.log('${name}', Object.keys(${load}('${specifier}')).sort().join());`,
      );
      writeFileSync(join(full, file), lines.join('\n'));
      const {stdout, status, stderr} = await run(full, node(version), file);
      expect([status, stderr]).toEqual([0, expect.not.stringMatching(/Error|Warning/)]);
      const expected = all.map(({name}) => `${name} ${exported(name).values.toSorted().join()}`);
      expect(stdout.trim().split('\n')).toEqual(expected);
    });

    it.each(['with its peers', 'without them'])('calls a simulator, %s', async peers => {
      const project = peers === 'with its peers' ? full : bare;
      const {stdout, stderr} = await run(project, node(version), '--experimental-strip-types', 'consumer.ts');
      expect([JSON.parse(stdout || 'null'), stderr]).toEqual([
        {
          node: version,
          status: 200,
          same: true,
          requests: 3,
          decisions: ['retry: server-says-retry'],
          decided: 'retry',
          refused: 'CONFIGURATION',
          explained: true,
        },
        expect.not.stringMatching(/(?<!Experimental)Warning(?!:)|Error/),
      ]);
    });

    it('has a command line', async () => {
      const command = join(full, 'node_modules', '.bin', 'smartcar-policy');
      const help = await run(full, node(version), command, '--help');
      expect(help).toMatchObject({status: 0, stdout: expect.stringContaining('Usage: smartcar-policy')});
      const args = ['lab', 'quota', '--cars', '1', '--hours', '24', '--json', '--quiet'];
      const lab = await run(full, node(version), command, ...args);
      expect([lab.status, lab.stderr]).toEqual([0, expect.not.stringMatching(/Error/)]);
      expect(JSON.parse(lab.stdout)).toBeTypeOf('object');
    }, 120_000);
  });

  it('holds the build with its sources, and nothing else', () => {
    const cwd = join(bare, 'node_modules', 'smartcar-policy');
    expect(readdirSync(cwd).toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json', 'src']);
    const files = globSync('**/*.*', {cwd});
    expect(files.filter(file => /\.test\.|\.db$|\.tgz$|tsconfig/.test(file))).toEqual([]);
    const bytes = files.reduce((sum, file) => sum + statSync(join(cwd, file)).size, 0);
    expect(bytes).toBeLessThan(8_000_000);
  });

  it('leads from a line of the build to one of the sources', () => {
    const cwd = join(bare, 'node_modules', 'smartcar-policy', 'dist');
    const own = globSync(['*/*.js.map', '*/*.d.ts.map'], {cwd}).flatMap(file => {
      const {sources} = JSON.parse(read(join(cwd, file))) as {readonly sources: readonly string[]};
      return sources.map(source => join(cwd, file, '..', source));
    });
    expect(own.length).toBeGreaterThan(300);
    expect(own.filter(source => !existsSync(source) && !source.includes('node_modules/'))).toEqual([]);
  });

  it('is found by npx', async () => {
    const {status, stdout} = await run(bare, 'npx', '--no-install', 'smartcar-policy', '--help');
    expect([status, stdout]).toEqual([0, expect.stringContaining('Usage: smartcar-policy')]);
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('has types for all of it, by module %s and resolution %s', async (module, resolution) => {
    const {stdout} = await compiles(full, module, resolution, 'consumer.ts', 'all.ts', '--skipLibCheck');
    expect(stdout).toBe('');
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])(
    'needs no peer for the types of the rest, libraries checked, by %s and %s',
    async (module, resolution) => {
      const {stdout} = await compiles(bare, module, resolution, 'consumer.ts', 'all.ts');
      expect(stdout).toBe('');
    },
    60_000,
  );

  it('has types for a program in CommonJS', async () => {
    const lines = all.map(({name, specifier}) => `import ${name} = require('${specifier}');\nvoid ${name};`);
    writeFileSync(join(full, 'all.cts'), lines.join('\n'));
    const {stdout} = await compiles(full, 'nodenext', 'nodenext', 'all.cts', '--skipLibCheck');
    expect(stdout).toBe('');
  });

  it('names the peer that an entry lacks', async () => {
    for (const {specifier} of all.filter(({name}) => !PEERLESS.includes(name))) {
      const {stderr, status} = await run(bare, process.execPath, '-e', `import('${specifier}')`);
      const named = status === 0 || /Cannot find package '(bullmq|ioredis|@opentelemetry\/api)'/.test(stderr);
      expect(named, `${specifier}:\n${stderr}`).toBe(true);
    }
  });

  it('is clean in the eyes of publint', async () => {
    const {status, stdout, stderr} = await run(ROOT, bin('publint'), pack.tarball, '--strict');
    expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('All good!')]);
  });

  it('has types that are right in the eyes of attw', async () => {
    const {status, stdout, stderr} = await run(ROOT, bin('attw'), pack.tarball, '--profile', 'esm-only');
    const answers = [...stdout.matchAll(/^(?:node16 \(from ESM\)|bundler): (.*)$/gm)].map(([, answer]) =>
      answer?.trim(),
    );
    expect([status, stderr]).toEqual([0, '']);
    // Of each entry, and of package.json.
    expect(answers).toHaveLength(2 * (all.length + 1));
    expect(answers.filter(answer => !answer?.startsWith('🟢'))).toEqual([]);
  });
});
