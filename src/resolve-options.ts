import {closest} from 'fastest-levenshtein';
import * as v from 'valibot';
import {backoffKeys} from './core/catalogue/catalogue.ts';
import {PolicyError} from './core/policy-error.ts';
import {shown} from './core/wrong.ts';
import {DEFAULT_ORIGINS, type PolicyOptions} from './options.ts';
import type {Origins} from './ports.ts';

const MS = 'a number of milliseconds from 0 up';
const COUNT = 'a whole number from 0 up';
const TEXT = 'a text that is not empty';
const TABLE = 'an object with a setting for each kind of failure';
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
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Members that it does not know are named by `unknownKeys`, all of them at once. */
const record = <Entries extends v.ObjectEntries>(entries: Entries, expected = 'an object') =>
  v.pipe(v.custom<object>(isRecord, expected), v.object(entries, expected));
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

const settingEntries = {
  retries: v.optional(v.pipe(v.number(COUNT), v.integer(COUNT), v.minValue(0, COUNT))),
  baseDelayMs: v.optional(finiteMs),
  maxDelayMs: v.optional(ms),
  delaysMs: v.optional(v.array(finiteMs, 'a list of milliseconds')),
  maxWaitMs: v.optional(ms),
};

const backoffSetting = v.union(
  [v.literal(false), record(settingEntries)],
  'false, or an object with retries, baseDelayMs, maxDelayMs, delaysMs, maxWaitMs',
);

const connectEntries = {
  redirectUri: v.optional(v.pipe(v.string('an absolute URL'), v.url('an absolute URL'))),
  scope: v.optional(v.array(text, 'a list of permissions such as ["read_odometer"]')),
  mode: v.optional(v.picklist(['live', 'simulated', 'test'], '"live", "simulated" or "test"')),
  applicationId: v.optional(text),
  stateSecret: v.optional(text),
  probeAfterMs: v.optional(ms),
};

const appEntries = {name: v.optional(text), locale: v.optional(text)};

const originEntries = {
  api: v.optional(origin()),
  apiV3: v.optional(origin()),
  auth: v.optional(origin()),
  authV3: v.optional(origin()),
  connect: v.optional(origin()),
  management: v.optional(origin()),
};

const entries = {
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
  connect: v.optional(record(connectEntries)),
  backoff: v.optional(v.pipe(v.custom<object>(isRecord, TABLE), v.record(v.string(), backoffSetting, TABLE))),
  app: v.optional(record(appEntries)),
  messages: v.optional(method('facts => text')),
  maxWaitMs: v.optional(ms),
  attemptTimeoutMs: v.optional(
    v.pipe(
      v.number(MS),
      v.check(value => value > 0, 'a number of milliseconds above 0'),
    ),
  ),
  refreshAheadMs: v.optional(finiteMs),
  coalesce: v.optional(v.boolean('true or false')),
  settle: v.optional(v.boolean('true or false')),
  origins: v.optional(record(originEntries)),
  fetch: v.optional(method('fetch')),
  clock: v.optional(withMethods('a clock with now() and sleep(ms, signal)', ['now', 'sleep'])),
  random: v.optional(method('from 0 to below 1')),
};

const schema = record(entries);

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
    url.username === '' &&
    url.password === '';
  return bare && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback));
}

/** Checks every option. Throws `CONFIGURATION` naming all that are wrong: what was expected, and what came. */
export function checkedOptions(options: PolicyOptions): PolicyOptions {
  const result = v.safeParse(schema, options);
  const wrong = result.success ? [] : result.issues.flatMap(issue => problemsOf(issue, ''));
  const problems = [...wrong, ...unknownKeys(options)];
  if (problems.length > 0) throw new PolicyError('CONFIGURATION', problems.join(' '));
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as PolicyOptions;
}

type Issue = v.BaseIssue<unknown>;

/** What could be a secret, in its own place or given where an object belongs. */
const HIDDEN = /secret|key|token|^auth$|^store$/i;

function problemsOf(issue: Issue, parent: string): string[] {
  const dotted = v.getDotPath(issue) ?? '';
  const path = [parent, dotted].filter(Boolean).join('.');
  // A union reports its branches: the object's own complaints say more than "neither".
  if (issue.type === 'union' && isRecord(issue.input) && issue.issues) {
    const inner = issue.issues.flatMap(one => (one.path ? problemsOf(one, path) : []));
    if (inner.length > 0) return inner;
  }
  const what = path === '' ? 'the options of createPolicy' : `\`${path}\``;
  return [`Expected ${what} to be ${issue.message}, got ${gotAt(path, issue.input)}.`];
}

function gotAt(path: string, value: unknown): string {
  if (HIDDEN.test(path) && typeof value === 'string') return value === '' ? 'an empty text' : 'another text';
  return shown(path.startsWith('origins.') ? withoutCredentials(value) : value);
}

/** A URL can hold a password, and a query anything. */
function withoutCredentials(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\/\/[^/@]*@/, '//…@').replace(/\?.*/s, '?…') : value;
}

const SETTING_KEYS = Object.keys(settingEntries);

function unknownKeys(options: unknown): string[] {
  if (!isRecord(options)) return [];
  const {app, backoff, connect, origins} = options;
  return [
    ...strangers('option', options, '', Object.keys(entries)),
    ...strangers('option', app, 'app.', Object.keys(appEntries)),
    ...strangers('option', connect, 'connect.', Object.keys(connectEntries)),
    ...strangers('option', origins, 'origins.', Object.keys(originEntries)),
    ...strangers('key', backoff, 'backoff.', backoffKeys()),
    ...(isRecord(backoff) ? Object.entries(backoff) : []).flatMap(([key, setting]) =>
      strangers('option', setting, `backoff.${key}.`, SETTING_KEYS),
    ),
  ];
}

function strangers(kind: string, value: unknown, path: string, known: readonly string[]): string[] {
  if (!isRecord(value)) return [];
  return Object.keys(value)
    .filter(key => !known.includes(key))
    .map(key => `Unknown ${kind} \`${path}${key}\`: did you mean \`${closest(key, known)}\`?`);
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
    const variable = given[name] === undefined ? variables.find(candidate => env[candidate]) : undefined;
    const value = given[name] ?? (variable === undefined ? undefined : env[variable]);
    if (value === undefined) continue;
    if (!isOrigin(value))
      throw new PolicyError(
        'CONFIGURATION',
        `Expected ${variable ?? name} to be ${ORIGIN}, got ${shown(withoutCredentials(value))}.`,
      );
    origins[name] = new URL(value).origin;
  }
  return Object.freeze(origins);
}
