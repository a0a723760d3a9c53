import {spawnSync} from 'node:child_process';
import {cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Extractor, ExtractorConfig, ExtractorMessageCategory} from '@microsoft/api-extractor';
import {ApiModel, type ApiEntryPoint} from '@microsoft/api-extractor-model';
import {entries, ROOT, type Entry} from './entries.ts';

/** What one entry of the package shows to programs. */
export interface Shown {
  readonly entry: Entry;
  /** Every signature, as `api/<entry>.api.md` has it. */
  readonly report: string;
  readonly api: ApiEntryPoint;
  /** The declarations of a file, as the compiler wrote them: `options.d.ts`. */
  readonly declarations: (file: string) => string;
}

/** As those who use the package compile: api-extractor reads the declarations with a compiler of its own. */
const COMPILER = {
  target: 'es2023',
  lib: ['es2024', 'esnext.disposable'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  skipLibCheck: true,
} as const;

/** Writes the declarations of all sources into a folder of their own, and reads every entry of the package from them. */
export function extracted(): readonly Shown[] {
  const at = mkdtempSync(join(tmpdir(), 'smartcar-policy-api-'));
  try {
    cpSync(join(ROOT, 'package.json'), join(at, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(at, 'node_modules'));
    emit(join(at, 'dist'));
    return entries().map(entry => shown(at, entry));
  } finally {
    rmSync(at, {recursive: true, force: true});
  }
}

function emit(to: string): void {
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const args = ['-p', join(ROOT, 'tsconfig.build.json'), '--outDir', to, '--declarationMap', 'false'];
  const {status, stdout} = spawnSync(tsc, args, {encoding: 'utf8'});
  if (status !== 0) throw new Error(`The declarations could not be written:\n${stdout}`);
}

function shown(at: string, entry: Entry): Shown {
  const main = join(at, 'dist', entry.types);
  const json = join(at, `${entry.name}.api.json`);
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(at, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: at,
      mainEntryPointFilePath: main,
      newlineKind: 'lf',
      compiler: {overrideTsconfig: {compilerOptions: COMPILER, files: [main]}},
      // A type that no export names is seen by whoever uses those that mention it.
      apiReport: {
        enabled: true,
        reportFileName: `${entry.name}.api.md`,
        reportFolder: at,
        reportTempFolder: join(at, 'temp'),
        includeForgottenExports: true,
      },
      docModel: {enabled: true, apiJsonFilePath: json},
      dtsRollup: {enabled: false},
      tsdocMetadata: {enabled: false},
    },
  });
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback(message) {
      // Its advice on tags and comments is not followed here; what keeps it from reading is told.
      message.handled = true;
      if (message.category === ExtractorMessageCategory.Compiler)
        throw new Error(`${entry.name}: ${message.formatMessageWithLocation(at)}`);
    },
  });
  const files = new Map<string, string>();
  const declarations = (file: string): string => files.get(file) ?? '';
  const api = new ApiModel().loadPackage(json).entryPoints[0]!;
  for (const {fileUrlPath} of api.members as readonly {fileUrlPath?: string}[]) {
    if (fileUrlPath) files.set(fileUrlPath, readFileSync(join(at, fileUrlPath), 'utf8'));
  }
  const report = readFileSync(join(at, `${entry.name}.api.md`), 'utf8');
  return {entry, report, api, declarations};
}
