import * as fc from 'fast-check';
import {mergeBackoff, type BackoffTable} from '../../../src/core/backoff.ts';
import {KEYS} from './hostile.ts';
import {DOCUMENTED} from './table.ts';

const WORDS = [...new Set(DOCUMENTED.flatMap(row => [row.type, row.code, row.resolution]))];

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...WORDS, 'ERROR', 'RESOLVED', 'OAUTH_TIMEOUT', 'TimeoutError', 'fetch failed'),
  fc.constantFrom<unknown>(
    200,
    400,
    401,
    408,
    409,
    429,
    430,
    500,
    501,
    502,
    504,
    '429',
    '502',
    '2',
    -5,
    'soon',
  ),
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
  }),
);

/** Junk of the right shape: known names, with anything behind them. */
export const bodyLike: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  node: fc.oneof(
    {maxDepth: 5, withCrossShrink: true},
    leaf,
    fc.array(tie('node'), {maxLength: 4}),
    fc.dictionary(fc.constantFrom(...KEYS), tie('node'), {maxKeys: 6}),
  ),
})).node;

/** One failure of the documented table, on the wire, with chance in all that the server can vary. */
const documentedFailure: fc.Arbitrary<object> = fc
  .record({
    row: fc.constantFrom(
      ...DOCUMENTED.filter(row => row.api === '2.0' || row.api === '3' || row.api === 'any'),
    ),
    resolution: fc.option(
      fc.constantFrom('RETRY_LATER', 'REAUTHENTICATE', 'CONTACT_SUPPORT', 'FINANCE', 'NEW_WORD', null),
    ),
    wrap: fc.boolean(),
  })
  .map(({row, resolution, wrap}) => {
    const type = resolution ?? row.resolution;
    const entry = {type: row.type, code: row.code, status: row.status, resolution: {type}};
    return wrap ? {errors: [entry]} : {...entry, statusCode: row.status};
  });

const networkFailure = fc
  .constantFrom('ECONNREFUSED', 'ECONNRESET', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_SOCKET')
  .map(code => new TypeError('fetch failed', {cause: Object.assign(new Error('x'), {code})}));

/** Everything that can go wrong with one attempt. */
export const failure: fc.Arbitrary<unknown> = fc.oneof(
  {arbitrary: documentedFailure, weight: 5},
  {arbitrary: fc.array(documentedFailure, {minLength: 1, maxLength: 3}).map(errors => ({errors})), weight: 2},
  networkFailure,
  bodyLike,
);

const setting = fc.oneof(
  fc.constant<false>(false),
  fc.record(
    {
      retries: fc.integer({min: 0, max: 5}),
      baseDelayMs: fc.integer({min: 0, max: 5_000}),
      maxDelayMs: fc.integer({min: 0, max: 60_000}),
      maxWaitMs: fc.integer({min: 0, max: 4_000_000}),
    },
    {requiredKeys: []},
  ),
  fc.record(
    {
      delaysMs: fc.array(fc.integer({min: 0, max: 900_000}), {maxLength: 4}),
      maxWaitMs: fc.integer({min: 0, max: 4_000_000}),
    },
    {requiredKeys: ['delaysMs']},
  ),
);

const TABLE_KEYS = [
  '*',
  'UPSTREAM',
  'UPSTREAM:RATE_LIMIT',
  'VEHICLE_STATE:ASLEEP',
  'RATE_LIMIT',
  'BILLING',
  'AUTHENTICATION',
];

export const backoffTable: fc.Arbitrary<BackoffTable> = fc
  .dictionary(fc.constantFrom(...TABLE_KEYS), setting)
  .map(table => mergeBackoff(table));
