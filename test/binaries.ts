import {spawnSync} from 'node:child_process';

/** Whether to leave tests out for want of a program. Says so in one line; with `CI=true` they are never left out, and fail. */
export function skipsWithout(what: string, programs: readonly string[]): boolean {
  if (process.env['CI'] === 'true') return false;
  const missing = programs.filter(program => spawnSync(program, ['--version']).error !== undefined);
  if (missing.length > 0) console.log(`${what} skipped: no ${missing.join(', ')} on the path.`);
  return missing.length > 0;
}
