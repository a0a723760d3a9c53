import * as v from 'valibot';
import type {Match} from '../faults/match.ts';
import type {Reply} from '../faults/replies.ts';
import {matchSchema, replySchema} from '../faults/schema.ts';
import {isObject} from '../json.ts';
import {type Shape, object} from '../options/check.ts';
import {periodMs} from '../options/shapes.ts';

/** A scripted line. */
export interface Line {
  readonly match: Match;
  readonly reply: Reply;
}

/** A scripted line that may be taken back after a while: an outage. */
export interface PassingLine extends Line {
  /** From now. Without `times`, the line then answers as often as it is asked. @default until it is used up */
  readonly forMs?: number;
}

/** What JSON can't say: `{"pattern": "^/v3/"}` is an expression, `"times": "Infinity"` a standing order. */
const anyMatch: Shape<Match> = v.pipe(v.unknown(), v.transform(matchFromJson), matchSchema);

export const line: Shape<Line> = object({match: anyMatch, reply: replySchema});

export const passingLine: Shape<PassingLine> = object({
  match: anyMatch,
  reply: replySchema,
  forMs: v.exactOptional(periodMs),
});

function matchFromJson(given: unknown): unknown {
  if (!isObject(given)) return given;
  const {path, times} = given;
  return {
    ...given,
    ...(isObject(path) ? {path: expressionOf(path) ?? path} : {}),
    ...(times === 'Infinity' ? {times: Infinity} : {}),
  };
}

/** Undefined for what is no expression; it is refused as it came. */
function expressionOf({pattern, flags = ''}: Readonly<Record<string, unknown>>): RegExp | undefined {
  if (typeof pattern !== 'string' || typeof flags !== 'string') return undefined;
  try {
    return new RegExp(pattern, flags);
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
