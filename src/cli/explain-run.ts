import {answerTo, asJson, exitCodeOf, type Moment} from './explain-answer.ts';
import {type Given, isRedirect, questionFrom} from './explain-question.ts';
import {nameOf, sourceText} from './explain-source.ts';
import {say} from './print.ts';
import {type Paint, painter, plain} from './report-layout.ts';
import {report} from './report.ts';

/** Where the command runs: all that is not its arguments. */
export interface Place extends Moment {
  readonly stdin: AsyncIterable<Uint8Array | string> & {readonly isTTY?: boolean};
  /** Of the terminal; `undefined` where there is none. */
  readonly columns: number | undefined;
  /** Colours, where the output can have them. */
  readonly paint: Paint;
  readonly say: (text: string) => void;
  readonly end: (code: number) => void;
}

export const thisProcess: Place = {
  now: Date.now,
  random: Math.random,
  get stdin() {
    return process.stdin;
  },
  columns: process.stdout.columns,
  paint: painter(process.stdout),
  say,
  end(code) {
    process.exitCode = code;
  },
};

/** A hundred columns are read with ease; what is no terminal has as many. */
const mostColumns = 100;
const leastColumns = 40;

/** Whether there is anything to explain, so that nobody waits for a person to type an error. */
export function isThere(file: string | undefined, given: Given, {stdin}: Place): boolean {
  return file !== undefined || given.status !== undefined || isRedirect(given.url) || stdin.isTTY !== true;
}

/** Reads, explains, prints. */
export async function explainOnce(file: string | undefined, given: Given, place: Place): Promise<void> {
  const now = place.now();
  // One draw for all: a report names one time.
  const dice = place.random();
  const moment: Moment = {now: () => now, random: () => dice};
  const typed = file === undefined && place.stdin.isTTY === true;
  const text = typed ? '' : await sourceText(file, place.stdin);
  const name = nameOf(file);
  const answer = await answerTo(questionFrom(text, given, name), given, moment, name);
  const {columns = mostColumns, paint} = place;
  place.say(
    given.json
      ? `${asJson(answer)}\n`
      : report(answer, {
          now,
          width: Math.max(leastColumns, Math.min(mostColumns, columns)),
          paint: given.color ? paint : plain,
          ...(given.locale !== undefined && {locale: given.locale}),
        }),
  );
  place.end(exitCodeOf(answer));
}
