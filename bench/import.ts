import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {interleaved, print} from './measure.ts';

const FRONT_DOOR = fileURLToPath(new URL('../dist/index.js', import.meta.url));

/** Milliseconds to import the built front door in a fresh process. Goal: at most 60. */
export async function importing(): Promise<void> {
  const script = `const t = performance.now(); await import(${JSON.stringify(FRONT_DOOR)}); console.log(performance.now() - t)`;
  const round = async (): Promise<number> =>
    Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], {encoding: 'utf8'}));
  const results = await interleaved([{name: 'import of the front door', round}], 9, 1);
  print('A fresh process', 'ms', results, '(goal: at most 60)');
}
