import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {interleaved} from './measure.ts';
import {rowOf, type Row} from './row.ts';

const FRONT_DOOR = fileURLToPath(new URL('../dist/index.js', import.meta.url));

/** Milliseconds to import the built front door in a fresh process. Goal: at most 60. */
export async function importing(): Promise<readonly Row[]> {
  const script = `const t = performance.now(); await import(${JSON.stringify(FRONT_DOOR)}); console.log(performance.now() - t)`;
  const round = async (): Promise<number> =>
    Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], {encoding: 'utf8'}));
  const [took] = await interleaved([{name: 'front door, in a fresh process', round}], 9, 1);
  return [rowOf(took, {group: 'import', unit: 'ms', goal: {of: 'median', atMost: 60}})];
}
