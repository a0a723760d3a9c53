import * as v from 'valibot';
import {checked, strictly} from '../faults/expected.ts';
import {number} from '../options/shapes.ts';
import type {RetryAfterNotation} from './notation.ts';

/** Request limits. All are off by default. */
export interface LimitOptions {
  /**
   * The bucket of the whole application: 429 RATE_LIMIT:SMARTCAR_API. One token per HTTP request that carries a valid
   * token. Smartcar's own default is 120 and 2 per minute. Whether it sends `Retry-After` is not known; with
   * `retryAfter` ours does, in the notation below.
   * @default false
   * @see https://smartcar.com/docs/help/api-limits
   */
  readonly application?:
    | {
        /** So many calls at once, after a rest. */
        readonly size: number;
        /** So many more each minute. */
        readonly perMinute: number;
        /** @default false */
        readonly retryAfter?: boolean;
      }
    | false;
  /**
   * The bucket of each car: 429 RATE_LIMIT:VEHICLE with `Retry-After`. One token per read, per command and
   * per path of a batch; one comes back every `everyMs` milliseconds.
   * @default false
   */
  readonly vehicle?: {readonly size: number; readonly everyMs: number} | false;
  /**
   * The maker's own limit on each car: 502 UPSTREAM:RATE_LIMIT, without `Retry-After`. Drawn by what asks the car:
   * v2 readings and all commands; v3 signals come from Smartcar's store. What is refused before the car is asked, for
   * want of a permission, of an ability or of a login, draws nothing. One comes back every `everyMs` milliseconds.
   * @default false
   */
  readonly maker?: {readonly size: number; readonly everyMs: number} | false;
  /**
   * The calls that the plan allows for each car in a calendar month (UTC): 430 BILLING:VEHICLE_REQUEST_LIMIT from
   * then on. Counts each read, command and path of a batch that the buckets of the application and the car let
   * through, failed or not.
   * @default false
   */
  readonly monthly?: {readonly calls: number} | false;
  /** @default 'seconds' */
  readonly retryAfter?: RetryAfterNotation;
}

const above0 = number('a number above 0', value => value > 0 && value < Infinity);
const size = number('a whole number from 1 up', value => Number.isInteger(value) && value > 0);
const perCar = strictly({size, everyMs: above0});

/** Limits, as JSON or as an object. Its messages are what follows `Expected … to be`. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- members that are `undefined` count as left out
export const limitsSchema: v.GenericSchema<LimitOptions> = strictly({
  application: v.optional(
    offOr(strictly({size, perMinute: above0, retryAfter: v.optional(v.boolean('true or false'))})),
  ),
  vehicle: v.optional(offOr(perCar)),
  maker: v.optional(offOr(perCar)),
  monthly: v.optional(
    offOr(
      strictly({calls: number('a whole number from 0 up', value => Number.isInteger(value) && value >= 0)}),
    ),
  ),
  retryAfter: v.optional(
    v.picklist(
      ['seconds', 'http-date', 'epoch-s', 'epoch-ms', 'garbage', 'none'],
      'one of seconds, http-date, epoch-s, epoch-ms, garbage, none',
    ),
  ),
}) as unknown as v.GenericSchema<LimitOptions>;

/** Throws where a limit could not mean anything, naming it. */
export function checkLimits(options: LimitOptions): LimitOptions {
  return checked(limitsSchema, options, 'limits');
}

/** Not a union, which would only say that neither fits. */
function offOr(schema: v.GenericSchema): v.GenericSchema {
  return v.lazy(input => (input === false ? v.literal(false) : schema));
}
