import * as v from 'valibot';
import type {TokenOptions} from '../oauth/tokens.ts';
import {type Shape, object} from './check.ts';

/** The words that options, control and scenarios are checked with. */

export const text: Shape<string> = v.pipe(
  v.string('a text that is not empty'),
  v.minLength(1, 'a text that is not empty'),
);

export const yesOrNo: Shape<boolean> = v.boolean('true or false');

export function number(expected: string, accepts: (value: number) => boolean): Shape<number> {
  return v.custom<number>(value => typeof value === 'number' && accepts(value), expected);
}

export function wholeNumber(from: number, to: number = Number.MAX_SAFE_INTEGER): Shape<number> {
  const range = to === Number.MAX_SAFE_INTEGER ? `from ${from} up` : `from ${from} to ${to}`;
  return number(
    `a whole number ${range}`,
    value => Number.isSafeInteger(value) && value >= from && value <= to,
  );
}

export const share: Shape<number> = number('a number from 0 to 1', value => value >= 0 && value <= 1);

export const durationMs: Shape<number> = number(
  'a finite number of milliseconds from 0 up',
  value => value >= 0 && Number.isFinite(value),
);

export const periodMs: Shape<number> = number(
  'a finite number of milliseconds above 0',
  value => value > 0 && Number.isFinite(value),
);

export function oneOf<const Name extends string>(...names: readonly Name[]): Shape<Name> {
  const quoted = names.map(name => `"${name}"`);
  const last = quoted.pop() ?? '';
  return v.picklist(names, quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`);
}

export function listOf<Item>(item: Shape<Item>, expected: string): v.GenericSchema<unknown, Item[]> {
  return v.array(item, expected);
}

export const seed: Shape<number> = number('a whole number', Number.isSafeInteger);

/** Keeps a shape complete: a member that it forgot would be refused as unknown. */
export type Every<Value> = Record<keyof Value, v.GenericSchema<unknown, unknown>>;

export const tokens: Shape<TokenOptions> = object({
  accessTtlMs: v.exactOptional(periodMs),
  applicationTtlMs: v.exactOptional(periodMs),
  refreshTtlMs: v.exactOptional(periodMs),
  graceMs: v.exactOptional(durationMs),
  revokeFamilyOnReuse: v.exactOptional(yesOrNo),
  keepOldAccessTokens: v.exactOptional(yesOrNo),
  spentTokenError: v.exactOptional(oneOf('invalid_grant', 'invalid_request')),
  omitRefreshToken: v.exactOptional(yesOrNo),
} satisfies Every<TokenOptions>);
