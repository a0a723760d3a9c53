import type {WriteStream} from 'node:tty';
import {styleText} from 'node:util';

/** What is shown while it goes on: a table that is drawn again in place, or, where that cannot be, a line now and then. */
export interface Screen {
  /** Something has happened: a line that stays. */
  note(text: string): void;
  /** `table` for a terminal, `line` for all else. */
  show(table: readonly string[], line: string): void;
  /** Lines that stay, without a time. */
  print(...lines: readonly string[]): void;
  /** The table stays as it is; what comes now comes below it. */
  leave(): void;
  /** In seconds, since the show began. */
  elapsed(): string;
}

/** A wider line would break, and the table could not be found again. */
const WIDTH = 84;
const LINE_EVERY_MS = 3_000;

export function createScreen(out: WriteStream = process.stdout): Screen {
  const began = performance.now();
  const {CI, TERM} = process.env;
  const inPlace =
    out.isTTY && out.columns >= WIDTH && TERM !== 'dumb' && (CI === undefined || CI === 'false');
  let drawn: readonly string[] = [];
  let lineAt = 0;

  const elapsed = (): string => `${((performance.now() - began) / 1_000).toFixed(1).padStart(5)} s`;
  const back = (): string => (drawn.length > 0 ? `\u001B[${drawn.length}A\u001B[0J` : '');
  /** Above the table, in one go, so that nothing flickers. */
  const print = (...lines: readonly string[]): void =>
    void out.write(`${back()}${[...lines, ...drawn].map(line => `${line}\n`).join('')}`);

  return {
    elapsed,
    print,
    leave() {
      drawn = [];
    },
    note: text => print(`${styleText('dim', elapsed())}  ${text}`),
    show(table, line) {
      if (inPlace) {
        out.write(`${back()}${table.map(row => `${row}\n`).join('')}`);
        drawn = table;
      } else if (performance.now() >= lineAt) {
        lineAt = performance.now() + LINE_EVERY_MS;
        print(`${elapsed()}  ${line}`);
      }
    },
  };
}
