import {Command} from 'commander';
import {addExplain} from '../../src/cli/explain.ts';
import type {Place} from '../../src/cli/explain-run.ts';
import {plain} from '../../src/cli/report-layout.ts';

/** When the times in `test/cases` were written. */
export const NOW: number = Date.UTC(2026, 5, 1);

export interface Printed {
  readonly text: string;
  readonly code: number | undefined;
}

/** The place of a test: one time, one fall of the dice, and `input` as standard input; without it a terminal. */
export function somewhere(input?: string): Omit<Place, 'say' | 'end'> {
  const stdin = (async function* () {
    if (input !== undefined) yield input;
  })();
  return {
    now: () => NOW,
    random: () => 0.5,
    stdin: Object.assign(stdin, {isTTY: input === undefined}),
    columns: undefined,
    paint: plain,
  };
}

/** Runs `smartcar-policy explain` in this process. Rejects where it would end with an error. */
export async function explained(
  args: readonly string[],
  place: Omit<Place, 'say' | 'end'> = somewhere(),
): Promise<Printed> {
  let text = '';
  let code: number | undefined;
  const program = new Command('smartcar-policy').exitOverride().configureOutput({writeErr: () => undefined});
  addExplain(program, {...place, say: said => (text += said), end: ended => (code = ended)});
  await program.parseAsync(['explain', ...args], {from: 'user'});
  return {text, code};
}
