import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

export const ROOT: string = join(import.meta.dirname, '..', '..');

/** One of package.json's `exports` that programs import. */
export interface Entry {
  /** As it is imported: `smartcar-policy/redis`. */
  readonly specifier: string;
  /** The name of its files: `redis`; `index` for the front door. */
  readonly name: string;
  /** Below the root: `src/redis/index.ts`. */
  readonly source: string;
  /** Below `dist/`: `redis/index.d.ts`. */
  readonly types: string;
}

type Exports = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** Those whose sources are there. */
export function entries(): readonly Entry[] {
  const {name, exports} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly exports: Exports;
  };
  return Object.entries(exports)
    .flatMap(([path, to]): Entry[] => {
      const source = typeof to === 'string' ? undefined : to[`${name}:source`];
      if (typeof to === 'string' || source === undefined) return [];
      const types = (to['types'] ?? '').replace('./dist/', '');
      const own = path === '.' ? 'index' : path.slice(2);
      return [{specifier: path === '.' ? name : `${name}/${own}`, name: own, source, types}];
    })
    .filter(({source}) => existsSync(join(ROOT, source)));
}
