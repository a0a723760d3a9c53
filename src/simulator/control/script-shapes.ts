import {types} from 'node:util';
import * as v from 'valibot';
import type {Match} from '../faults/match.ts';
import type {Reply} from '../faults/replies.ts';
import {matchSchema, replySchema} from '../faults/schema.ts';
import {isObject} from '../json.ts';
import {type Shape, object} from '../options/check.ts';
import {periodMs} from '../options/shapes.ts';

/** A scripted line. */
export type Line = Pick<PassingLine, 'match' | 'reply'>;

/** A scripted line that may be taken back after a while: an outage. */
export interface PassingLine {
  /** Which requests it answers. */
  readonly match: Match;
  /** What it answers them. */
  readonly reply: Reply;
  /** Milliseconds from now. Without `times`, the line then answers as often as it is asked. @default until it is used up */
  readonly forMs?: number;
}

const aPattern = 'the pattern of a regular expression';
const someFlags = 'the flags of a regular expression, such as i';

const expression: Shape<RegExp> = v.pipe(
  object({
    pattern: v.string(aPattern),
    flags: v.exactOptional(v.pipe(v.string(someFlags), v.check(isFlags, someFlags))),
  }),
  v.rawTransform(({dataset: {value}, addIssue, NEVER}) => {
    const made = expressionOf(value.pattern, value.flags);
    if (made !== undefined) return made;
    addIssue({message: aPattern, input: value.pattern, path: [within(value, 'pattern')]});
    return NEVER;
  }),
);

/** What JSON can't say: `{"pattern": "^/v3/"}` is an expression, `"times": "Infinity"` a standing order. */
const anyMatch: Shape<Match> = v.pipe(
  v.unknown(),
  v.rawTransform(({dataset: {value}, addIssue, NEVER}) => {
    if (!isObject(value)) return value;
    const match = value['times'] === 'Infinity' ? {...value, times: Infinity} : value;
    if (!isObject(value['path']) || types.isRegExp(value['path'])) return match;
    const {success, output, issues = []} = v.safeParse(expression, value['path']);
    if (success) return {...match, path: output};
    for (const {message, input, path = []} of issues) {
      addIssue({message, input, path: [within(value, 'path'), ...path]});
    }
    return NEVER;
  }),
  matchSchema,
);

export const line: Shape<Line> = object({match: anyMatch, reply: replySchema});

export const passingLine: Shape<PassingLine> = object({
  match: anyMatch,
  reply: replySchema,
  forMs: v.exactOptional(periodMs),
});

function within(input: object, key: string): v.ObjectPathItem {
  const whole: Record<string, unknown> = {...input};
  return {type: 'object', origin: 'value', input: whole, key, value: whole[key]};
}

function isFlags(text: string): boolean {
  return expressionOf('', text) !== undefined;
}

function expressionOf(text: string, signs?: string): RegExp | undefined {
  try {
    return new RegExp(text, signs);
  } catch {
    return undefined;
  }
}

/** The way back. */
export function matchToJson({path, times, ...match}: Match): unknown {
  return {
    ...match,
    ...(path === undefined ? {} : {path: typeof path === 'string' ? path : expressionToJson(path)}),
    ...(times === undefined ? {} : {times: times === Infinity ? 'Infinity' : times}),
  };
}

function expressionToJson({source, flags}: RegExp): unknown {
  return {pattern: source, ...(flags === '' ? {} : {flags})};
}
