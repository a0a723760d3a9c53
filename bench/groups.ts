import type {Row} from './row.ts';

/** Benches that are run together, because they are compared with each other. */
export interface Group {
  readonly name: string;
  readonly run: () => Promise<readonly Row[]>;
}

/** In the order they run. Each is loaded when its turn comes: a group alone needs nothing of the others. */
export const GROUPS: readonly Group[] = [
  {name: 'overhead', run: async () => (await import('./overhead.ts')).overhead()},
  {name: 'explain', run: async () => (await import('./explain.ts')).explaining()},
  {name: 'throughput', run: async () => (await import('./throughput.ts')).throughput()},
  {name: 'import', run: async () => (await import('./import.ts')).importing()},
  {name: 'simulator', run: async () => (await import('./simulator.ts')).simulator()},
  {name: 'admission', run: async () => (await import('./admission.ts')).admission()},
  {name: 'redis', run: async () => (await import('./redis.ts')).redis()},
];

/** The groups asked for, each once and in their own order; all of them where none is named. */
export function chosen(names: readonly string[], groups: readonly Group[] = GROUPS): readonly Group[] {
  const known = groups.map(({name}) => name);
  const unknown = names.filter(name => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`Expected groups of the bench (${known.join(', ')}), got ${unknown.join(', ')}`);
  return names.length === 0 ? groups : groups.filter(({name}) => names.includes(name));
}
