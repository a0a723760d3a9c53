import {closest} from 'fastest-levenshtein';
import * as v from 'valibot';
import {backoffKeys} from './core/catalogue/catalogue.ts';
import {PolicyError} from './core/policy-error.ts';
import {shown} from './engine/context.ts';
import {DEFAULT_ORIGINS, type PolicyOptions} from './options.ts';
import type {Origins} from './ports.ts';

const MS = 'a number of milliseconds from 0 up';
const COUNT = 'a whole number from 0 up';
const TEXT = 'a text that is not empty';
const ORIGIN =
  'an https origin without a path (plain http for loopback only), such as https://api.smartcar.com';

const ms = v.pipe(
  v.number(MS),
  v.check(value => value >= 0, MS),
);
const finiteMs = v.pipe(
  v.number(MS),
  v.check(value => value >= 0 && value < Infinity, 'a finite number of milliseconds from 0 up'),
);
const text = v.pipe(v.string(TEXT), v.minLength(1, TEXT));
const method = (name: string): v.GenericSchema =>
  v.custom(value => typeof value === 'function', `a function (${name})`);
/** An object with these methods: of any class, from any copy of this package. */
const withMethods = (expected: string, names: readonly string[]): v.GenericSchema =>
  v.custom(
    value =>
      typeof value === 'object' &&
      value !== null &&
      names.every(name => typeof (value as Record<string, unknown>)[name] === 'function'),
    expected,
  );

const backoffSetting = v.union(
  [
    v.literal(false),
    v.strictObject({
      retries: v.optional(v.pipe(v.number(COUNT), v.integer(COUNT), v.minValue(0, COUNT))),
      baseDelayMs: v.optional(finiteMs),
      maxDelayMs: v.optional(ms),
      delaysMs: v.optional(v.array(finiteMs, 'a list of milliseconds')),
      maxWaitMs: v.optional(ms),
    }),
  ],
  'false, or an object with retries, baseDelayMs, maxDelayMs, delaysMs, maxWaitMs',
);

const schema = v.strictObject(
  {
    auth: v.optional(withMethods('userTokens(…) or applicationToken(…)', ['open', 'secret'])),
    store: v.optional(
      withMethods('a token store such as memoryStore() or sqliteStore(path)', [
        'get',
        'put',
        'delete',
        'acquire',
        'close',
      ]),
    ),
    connect: v.optional(
      v.strictObject(
        {
          redirectUri: v.optional(v.pipe(v.string('an absolute URL'), v.url('an absolute URL'))),
          scope: v.optional(v.array(text, 'a list of permissions such as ["read_odometer"]')),
          mode: v.optional(v.picklist(['live', 'simulated', 'test'], '"live", "simulated" or "test"')),
          applicationId: v.optional(text),
          stateSecret: v.optional(
            v.pipe(
              v.string('a text of at least 16 characters'),
              v.minLength(16, 'a text of at least 16 characters'),
            ),
          ),
          probeAfterMs: v.optional(ms),
        },
        'an object',
      ),
    ),
    backoff: v.optional(
      v.record(v.string(), backoffSetting, 'an object with a setting for each kind of failure'),
    ),
    maxWaitMs: v.optional(ms),
    attemptTimeoutMs: v.optional(
      v.pipe(
        v.number(MS),
        v.check(value => value > 0, 'a number of milliseconds above 0'),
      ),
    ),
    refreshAheadMs: v.optional(finiteMs),
    settle: v.optional(v.boolean('true or false')),
    origins: v.optional(
      v.strictObject(
        {
          api: v.optional(origin()),
          apiV3: v.optional(origin()),
          auth: v.optional(origin()),
          authV3: v.optional(origin()),
          connect: v.optional(origin()),
          management: v.optional(origin()),
        },
        'an object',
      ),
    ),
    fetch: v.optional(method('fetch')),
    clock: v.optional(withMethods('a clock with now() and sleep(ms, signal)', ['now', 'sleep'])),
    random: v.optional(method('from 0 to below 1')),
  },
  'an object',
);

function origin(): v.GenericSchema<string> {
  return v.pipe(v.string(ORIGIN), v.check(isOrigin, ORIGIN));
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const loopback =
    /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname) || url.hostname.endsWith('.localhost');
  const bare =
    (url.pathname === '/' || url.pathname === '') &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '';
  return bare && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback));
}

/** Checks every option. Throws `CONFIGURATION` naming all that are wrong: what was expected, and what came. */
export function checkedOptions(options: PolicyOptions): PolicyOptions {
  const result = v.safeParse(schema, options);
  const problems = result.success ? [] : result.issues.flatMap(issue => problemsOf(issue, ''));
  for (const key of Object.keys(options?.backoff ?? {})) {
    const known = backoffKeys();
    if (!known.includes(key))
      problems.push(`Unknown key \`backoff.${key}\`: did you mean \`${closest(key, known)}\`?`);
  }
  if (problems.length > 0) throw new PolicyError('CONFIGURATION', problems.join(' '));
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as PolicyOptions;
}

type Issue = v.BaseIssue<unknown>;

const SECRETS = /secret|key|token/i;

function problemsOf(issue: Issue, parent: string): string[] {
  const dotted = v.getDotPath(issue) ?? '';
  const path = [parent, dotted].filter(Boolean).join('.');
  // A union reports its branches: the object's own complaints say more than "neither".
  if (issue.type === 'union' && typeof issue.input === 'object' && issue.issues) {
    const inner = issue.issues.flatMap(one => (one.path ? problemsOf(one, path) : []));
    if (inner.length > 0) return inner;
  }
  if (issue.type === 'strict_object' && issue.expected === 'never') return [unknownKey(path)];
  const got = SECRETS.test(path) ? `a ${typeof issue.input} that is not` : shown(issue.input);
  const what = path === '' ? 'the options of createPolicy' : `\`${path}\``;
  return [`Expected ${what} to be ${issue.message}, got ${got}.`];
}

const KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(schema.entries),
  connect: ['redirectUri', 'scope', 'mode', 'applicationId', 'stateSecret', 'probeAfterMs'],
  origins: Object.keys(DEFAULT_ORIGINS),
};
const SETTING_KEYS = ['retries', 'baseDelayMs', 'maxDelayMs', 'delaysMs', 'maxWaitMs'];

function unknownKey(path: string): string {
  const dot = path.lastIndexOf('.');
  const known = KEYS[path.slice(0, Math.max(0, dot))] ?? SETTING_KEYS;
  return `Unknown option \`${path}\`: did you mean \`${closest(path.slice(dot + 1), known)}\`?`;
}

const VARIABLES: readonly (readonly [keyof Origins, readonly string[]])[] = [
  ['api', ['SMARTCAR_API_ORIGIN']],
  ['apiV3', ['SMARTCAR_API_V3_ORIGIN']],
  ['auth', ['SMARTCAR_AUTH_ORIGIN']],
  ['authV3', ['SMARTCAR_AUTH_V3_ORIGIN']],
  // The official SDK builds Connect's links on the API's origin where that one is set.
  ['connect', ['SMARTCAR_CONNECT_ORIGIN', 'SMARTCAR_API_ORIGIN']],
  ['management', ['SMARTCAR_MANAGEMENT_API_ORIGIN']],
];

/** Options first, then the environment, then Smartcar's own hosts. */
export function resolvedOrigins(given: Partial<Origins> = {}, env: NodeJS.ProcessEnv = process.env): Origins {
  const origins: Record<keyof Origins, string> = {...DEFAULT_ORIGINS};
  for (const [name, variables] of VARIABLES) {
    const variable = variables.find(candidate => env[candidate]);
    const value = given[name] ?? (variable === undefined ? undefined : env[variable]);
    if (value === undefined) continue;
    if (!isOrigin(value))
      throw new PolicyError(
        'CONFIGURATION',
        `Expected ${variable ?? name} to be ${ORIGIN}, got ${shown(value)}.`,
      );
    origins[name] = new URL(value).origin;
  }
  return Object.freeze(origins);
}
