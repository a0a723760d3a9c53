import type {Result} from '../measure/result.ts';
import {count, lasting, ratio, shareAtMost, shareOf} from './words.ts';

/** One thing that is told of every policy. */
export interface Column {
  readonly title: string;
  /** What it says, for whoever reads the table. */
  readonly about: string;
  /** `null`: it never came to that. Absent: there is nothing to say. */
  readonly value: (result: Result) => number | null | undefined;
  readonly words: (value: number, result: Result) => string;
  /** It stands in the table even where every row says zero. */
  readonly always?: true;
}

const COLUMNS: readonly Column[] = [
  {
    title: 'good',
    about: 'Answers that came while somebody waited for them, of all that were asked for.',
    value: ({good, asked}) => (asked === 0 ? undefined : good),
    words: (good, {asked}) => shareOf(good, asked),
    always: true,
  },
  {
    title: 'of limit',
    about: 'Good answers, of the most that the limits of the scenario allow.',
    value: ({good, limit}) => (limit === undefined || limit === 0 ? undefined : good),
    words: (good, {limit = 0}) => shareOf(good, limit),
  },
  {
    title: 'calls',
    about: 'Calls sent for each answer asked for.',
    value: ({amplification}) => amplification,
    words: ratio,
    always: true,
  },
  {
    title: 'in fault',
    about: 'The same for the time of the fault alone.',
    value: ({amplificationInFault}) => amplificationInFault,
    words: ratio,
  },
  {
    title: 'wasted',
    about:
      'Calls that were refused by a limit, answered when nobody waited any more, or sent to a parked car.',
    value: ({wasted}) => wasted,
    words: shareAtMost,
  },
  {
    title: 'early',
    about: 'Calls sent before a time that the server had told.',
    value: ({early}) => early,
    words: count,
  },
  {
    title: 'p50',
    about: 'Half of the good answers came within this time, waits included.',
    value: ({p50Ms}) => p50Ms,
    words: lasting,
  },
  {
    title: 'p99',
    about: '99 of 100 good answers came within this time.',
    value: ({p99Ms}) => p99Ms,
    words: lasting,
  },
  {
    title: 'recovery',
    about:
      'From the end of the fault until all is as before; never: not before the run ended; a dash: too little came after it.',
    value: ({recoveryMs}) => recoveryMs,
    words: lasting,
  },
  {
    title: 'refreshes',
    about: 'Requests for tokens for each one that was needed.',
    value: ({refreshesPerGeneration}) => refreshesPerGeneration,
    words: ratio,
  },
  {
    title: 'lost',
    about: 'Owners who had not left, and whose refresh token is worth nothing in the end.',
    value: ({lostGrants}) => lostGrants,
    words: count,
  },
  {
    title: 'alarms',
    about: 'Owners who were told to connect again for nothing.',
    value: ({falseAlarms}) => falseAlarms,
    words: count,
  },
  {
    title: 'twice',
    about: 'Commands that a car carried out more than once.',
    value: ({twice}) => twice,
    words: count,
  },
  {
    title: 'billed',
    about: 'Calls that the plan counts, for each good answer.',
    value: ({billedPerGood}) => billedPerGood,
    words: ratio,
  },
];

/** Those that have something to say about at least one of the policies. */
export function columnsOf(results: readonly Result[]): readonly Column[] {
  return COLUMNS.filter(({always, value}) => always === true || results.some(result => says(value(result))));
}

/** What a column says of one policy. */
export function cellOf({value, words}: Column, result: Result): string {
  const of = value(result);
  if (of === null) return 'never';
  return of === undefined || Number.isNaN(of) ? '–' : words(of, result);
}

function says(value: number | null | undefined): boolean {
  return value !== undefined && value !== 0 && !Number.isNaN(value);
}
