import {FLOORS, ROOT, type Floor} from './rules.ts';
import {packageOf, type Import, type SourceFile} from './source.ts';

export function floorOf(path: string): Floor | undefined {
  const floor = FLOORS.find(({at}) => (at.endsWith('/') ? path.startsWith(at) : path === at));
  return floor ?? (path.includes('/') ? undefined : ROOT);
}

/** Each import that a file may not have, as a sentence. */
export function trespasses(file: SourceFile): readonly string[] {
  const floor = floorOf(file.path);
  if (!floor) return [`${file.path} stands on no floor: name its folder in test/architecture/rules.ts`];
  const wrong = file.imports.filter(one =>
    one.inside ? !mayEnter(floor, one) : !mayUse(floor, file.path, one),
  );
  return wrong.map(({to, typeOnly}) => `${file.path} imports ${typeOnly ? 'types of ' : ''}${to}`);
}

function mayEnter(floor: Floor, {to, typeOnly}: Import): boolean {
  const target = floorOf(to);
  if (!target) return false;
  if (target === floor) return true;
  const allowed = [...(floor.imports ?? []), ...(typeOnly ? (floor.types ?? []) : [])];
  return allowed.includes('*') || allowed.includes(target.at);
}

function mayUse(floor: Floor, path: string, {to}: Import): boolean {
  const allowed = [...(floor.packages ?? []), ...(floor.besides?.[path] ?? [])];
  if (to.startsWith('node:'))
    return floor.onePackage === true || allowed.some(one => one === '*' || one === 'node:*');
  // Which one package an adapter has is asked of its folder as a whole.
  return floor.onePackage === true || allowed.includes('*') || allowed.includes(packageOf(to));
}

/** The npm packages that the files of a folder import, modules of Node apart. */
export function packagesOf(files: readonly SourceFile[]): ReadonlySet<string> {
  const outside = files.flatMap(file => file.imports.filter(one => !one.inside));
  return new Set(outside.map(one => packageOf(one.to)).filter(name => !name.startsWith('node:')));
}
