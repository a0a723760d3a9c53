/* oxlint-disable unicorn/no-thenable -- the member's name in a reply; never a function */
import {validateHeaderName, validateHeaderValue} from 'node:http';
import {types} from 'node:util';
import * as v from 'valibot';
import {findErrorRow} from '../errors/table.ts';
import {isObject} from '../json.ts';
import {number} from '../options/shapes.ts';
import {strictly} from './expected.ts';
import type {Match} from './match.ts';
import type {Reply} from './replies.ts';

/** How many replies can lie inside one another. */
const mostLayers = 50;

const text = v.string('a text');
const ms = number('a number of ms from 0 up', value => value >= 0 && value < Infinity);
const status = number(
  'a whole number from 200 to 599',
  value => Number.isInteger(value) && value >= 200 && value <= 599,
);
const headerName = v.pipe(
  text,
  v.check(name => !fails(() => validateHeaderName(name)), 'a name that HTTP allows'),
);
const headerValue = v.pipe(
  v.string('a text, as header values are'),
  v.check(value => !fails(() => validateHeaderValue('x', value)), 'a text that HTTP allows in a header'),
);
const headers = v.record(headerName, headerValue, 'an object of texts');
const json = v.custom<unknown>(isJson, 'something that JSON can say');

const errorEntries = {
  error: v.pipe(
    v.string('an error such as UPSTREAM:NO_RESPONSE'),
    v.regex(/^[a-z][\w.-]*(:[\w.-]+)?$/i, 'an error such as UPSTREAM:NO_RESPONSE'),
  ),
  status: v.optional(status),
  resolution: v.optional(json),
  description: v.optional(text),
};
const hasStatus = v.rawCheck<{error: string; status?: number | undefined}>(({dataset, addIssue}) => {
  if (!dataset.typed) return;
  const {error, status: given} = dataset.value;
  if (given !== undefined || findErrorRow(error) !== undefined) return;
  addIssue({
    input: error,
    message: 'an error with a type that the table knows, or with a `status`',
    path: [{type: 'object', origin: 'value', input: {...dataset.value}, key: 'error', value: error}],
  });
});
const errorReply = v.pipe(
  strictly({
    ...errorEntries,
    retryAfter: v.optional(v.union([headerValue, v.number()], 'a text or a number')),
    headers: v.optional(headers),
  }),
  hasStatus,
);
const errorBody = v.pipe(strictly(errorEntries), hasStatus);
const rawReply = strictly({status, headers: v.optional(headers), body: v.optional(json)});
/** What can be sent whole, cut or in pieces. */
const plainReply = v.lazy((input): v.GenericSchema => {
  if (has(input, 'error')) return errorReply;
  return has(input, 'status') ? rawReply : v.custom(() => false, 'a reply with an error, or with a status');
});

/** The word that says which reply it is; where two meet, the first one. */
const kinds = {
  delayMs: strictly({delayMs: ms, then: v.optional(v.lazy(() => replySchema))}),
  jumpMs: strictly({
    jumpMs: number('a finite number of ms', Number.isFinite),
    then: v.optional(v.lazy(() => replySchema)),
  }),
  hang: strictly({hang: v.literal(true, '`true`')}),
  drop: strictly({
    drop: v.picklist(['before', 'after', 'mid-body'], '`before`, `after` or `mid-body`'),
  }),
  slow: strictly({
    slow: strictly({
      acceptedAfterMs: v.optional(ms),
      outcome: v.lazy(input =>
        typeof input === 'object' && input !== null
          ? errorBody
          : v.picklist(['success', 'cut'], '`success`, `cut` or an object with an error'),
      ),
      afterMs: ms,
    }),
  }),
  truncate: strictly({truncate: v.literal(true, '`true`'), then: v.optional(plainReply)}),
  trickle: strictly({
    trickle: strictly({
      everyMs: number('a number of ms above 0', value => value > 0 && value < Infinity),
      bytes: v.optional(number('a whole number from 1 up', value => Number.isInteger(value) && value > 0)),
    }),
    then: v.optional(plainReply),
  }),
  partial: strictly({
    partial: v.lazy(input =>
      isObject(input)
        ? v.record(text, errorReply, 'an object of errors by path or code, or `empty`')
        : v.literal('empty', 'an object of errors by path or code, or `empty`'),
    ),
    itemHeaders: v.optional(v.picklist(['omit', 'capitals'], '`omit` or `capitals`')),
  }),
  error: errorReply,
  html: strictly({html: v.picklist([502, 503, 504], '502, 503 or 504')}),
  redirect: strictly({
    redirect: headerValue,
    status: v.optional(v.picklist([301, 302, 303, 307, 308], '301, 302, 303, 307 or 308')),
  }),
  status: rawReply,
};

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the literal above
const kindNames = Object.keys(kinds) as (keyof typeof kinds)[];
const noReply = v.custom<never>(() => false, `a reply: an object with one of ${kindNames.join(', ')}`);

/** A reply, as JSON or as an object. Its messages are what follows `Expected … to be`. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- members that are `undefined` count as left out
export const replySchema: v.GenericSchema<Reply> = v.lazy((input): v.GenericSchema => {
  if (layersOf(input) > mostLayers) return v.custom(() => false, `at most ${mostLayers} replies deep`);
  const kind = kindNames.find(name => has(input, name));
  return kind === undefined ? noReply : kinds[kind];
}) as unknown as v.GenericSchema<Reply>;

/** A match; in the same process its path may be an expression. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- members that are `undefined` count as left out
export const matchSchema: v.GenericSchema<Match> = strictly({
  method: v.optional(v.pipe(text, v.minLength(1, 'a method such as GET'))),
  path: v.optional(
    v.custom<string | RegExp>(
      value => (typeof value === 'string' && !value.includes('?')) || types.isRegExp(value),
      'the end of a path, without the query, or a regular expression',
    ),
  ),
  vehicle: v.optional(text),
  user: v.optional(text),
  endpoint: v.optional(v.picklist(['api', 'token'], '`api` or `token`')),
  share: v.optional(number('a share from 0 to 1', value => value >= 0 && value <= 1)),
  seed: v.optional(number('a whole number', Number.isSafeInteger)),
  times: v.optional(
    number(
      'a whole number from 1 up, or Infinity',
      value => value === Infinity || (Number.isInteger(value) && value > 0),
    ),
  ),
}) as unknown as v.GenericSchema<Match>;

function has(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name);
}

function layersOf(reply: unknown): number {
  let layers = 0;
  for (let inner = reply; has(inner, 'then') && layers <= mostLayers; layers += 1) {
    inner = (inner as {then: unknown}).then;
  }
  return layers;
}

/** Whether it can be written: no circle, no bigint, no function, not nested without end. */
function isJson(value: unknown): boolean {
  // What JSON passes over in silence has no text to measure.
  return value === undefined || !fails(() => JSON.stringify(value).length);
}

function fails(work: () => void): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}
