import {readdirSync, readFileSync} from 'node:fs';
import {join, posix} from 'node:path';
import {fileURLToPath} from 'node:url';

/** One import of a file: a module of the package as its path below `src/`, else the specifier as it is written. */
export interface Import {
  readonly to: string;
  /** Inside `src/`. */
  readonly inside: boolean;
  /** Nothing of it is left when the types are stripped. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** Below `src/`, with `/` on every machine. */
  readonly path: string;
  readonly lines: number;
  /** Without comments. */
  readonly code: string;
  readonly imports: readonly Import[];
}

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

export function sourceFiles(root: string = SRC): readonly SourceFile[] {
  return readdirSync(root, {recursive: true, encoding: 'utf8'})
    .map(path => path.replaceAll('\\', '/'))
    .filter(path => path.endsWith('.ts'))
    .toSorted()
    .map(path => sourceFile(path, readFileSync(join(root, path), 'utf8')));
}

export function sourceFile(path: string, text: string): SourceFile {
  const code = withoutComments(text);
  return {path, lines: text.trimEnd().split('\n').length, code, imports: importsOf(path, code)};
}

/** Texts, or else comments: whichever begins first hides the other. */
const TEXT_OR_COMMENT =
  /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

function withoutComments(text: string): string {
  return text.replace(TEXT_OR_COMMENT, (_, quoted: string | undefined) => quoted ?? '');
}

/** Quoted texts emptied, so that only code is left; templates stay, since they hold code. */
export function withoutTexts(code: string): string {
  return code.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, "''");
}

const STATIC = /^[ \t]*(import|export)\s+(?:([^'"`;]*?)\s+from\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\s*\(\s*['"]([^'"]+)['"]/g;
const REQUIRED = /\brequire\s*\(\s*['"]([^'"]+)['"]/g;

function importsOf(path: string, code: string): readonly Import[] {
  const found = [...code.matchAll(STATIC)].map(([, , clause = '', to = '']) =>
    resolved(path, to, isTypeOnly(clause)),
  );
  // `import('…').Name` in a type can't be told from a call here; it counts as a value.
  const dynamic = [DYNAMIC, REQUIRED].flatMap(pattern =>
    [...code.matchAll(pattern)].map(([, to = '']) => resolved(path, to, false)),
  );
  return [...found, ...dynamic];
}

function isTypeOnly(clause: string): boolean {
  if (/^type\b(?!\s*(,|from))/.test(clause)) return true;
  const names =
    /^\{([^}]*)\}$/
      .exec(clause.trim())?.[1]
      ?.split(',')
      .map(name => name.trim()) ?? [];
  const filled = names.filter(Boolean);
  return filled.length > 0 && filled.every(name => name.startsWith('type '));
}

function resolved(path: string, to: string, typeOnly: boolean): Import {
  const inside = to.startsWith('.');
  return {to: inside ? posix.join(posix.dirname(path), to) : to, inside, typeOnly};
}

/** The npm package behind a specifier; modules of Node stay as they are. */
export function packageOf(specifier: string): string {
  return specifier.startsWith('node:')
    ? specifier
    : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Every circle of files that import each other, types counted; each as the path that closes. */
export function cycles(files: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map(file => [file.path, file]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const {to, inside} of byPath.get(path)?.imports ?? []) if (inside) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const {path} of files) visit(path, []);
  return found;
}
