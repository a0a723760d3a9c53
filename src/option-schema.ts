import * as v from 'valibot';

const MS = 'a number of milliseconds from 0 up';
const COUNT = 'a whole number from 0 up';
const TEXT = 'a text that is not empty';
const TABLE = 'an object with a setting for each kind of failure';
export const ORIGIN =
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
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Members that it does not know are named by `unknownKeys`, all of them at once. */
const record = <Entries extends v.ObjectEntries>(entries: Entries, expected = 'an object') =>
  v.pipe(
    v.custom<object>(isRecord, expected),
    v.object(entries, ({path}) => lacking(entries, path?.at(-1)?.key) ?? expected),
  );
/** What a member has to be that is not there at all. */
function lacking(entries: v.ObjectEntries, name: unknown): string | undefined {
  const entry = typeof name === 'string' && Object.hasOwn(entries, name) ? entries[name] : undefined;
  return entry && v.safeParse(entry, undefined).issues?.[0].message;
}
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

const above0 = (expected: string) =>
  v.pipe(
    v.number(expected),
    v.check(value => value > 0, expected),
  );
const share = v.pipe(
  v.number('a number from 0 to 1'),
  v.check(value => value >= 0 && value <= 1, 'a number from 0 to 1'),
);
/** `Infinity` stands for no bound. */
const places = v.pipe(
  v.number('a whole number from 1 up, or Infinity'),
  v.check(
    value => value === Infinity || (Number.isInteger(value) && value >= 1),
    'a whole number from 1 up, or Infinity',
  ),
);
const counting = (from: number, to: number = Infinity) => {
  const expected = `a whole number from ${from} ${to === Infinity ? 'up' : `to ${to}`}`;
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(from, expected),
    v.maxValue(to, expected),
  );
};

export const settingEntries: v.ObjectEntries = {
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

export const connectEntries: v.ObjectEntries = {
  redirectUri: v.optional(v.pipe(v.string('an absolute URL'), v.url('an absolute URL'))),
  scope: v.optional(v.array(text, 'a list of permissions such as ["read_odometer"]')),
  mode: v.optional(v.picklist(['live', 'simulated', 'test'], '"live", "simulated" or "test"')),
  applicationId: v.optional(text),
  stateSecret: v.optional(text),
  linkLifeMs: v.optional(finiteMs),
  probeAfterMs: v.optional(ms),
  remindAfterMs: v.optional(ms),
};

export const appEntries: v.ObjectEntries = {name: v.optional(text), locale: v.optional(text)};

export const originEntries: v.ObjectEntries = {
  api: v.optional(origin()),
  apiV3: v.optional(origin()),
  auth: v.optional(origin()),
  authV3: v.optional(origin()),
  connect: v.optional(origin()),
  management: v.optional(origin()),
};

export const webhookEntries: v.ObjectEntries = {
  applicationManagementToken: text,
  userFor: v.optional(method('subject => user')),
  usesSignal: v.optional(method('code => whether it is used')),
};

const RATE = 'a number of calls from 0.000001 to 60 000 000';

/** Without the other, neither says anything. */
export const bucketEntries: v.ObjectEntries = {
  bucket: counting(1),
  perMinute: v.pipe(
    v.number(RATE),
    v.check(value => value >= 1e-6 && value <= 6e7, RATE),
  ),
};
export const carEntries: v.ObjectEntries = {
  commands: v.optional(places),
  requests: v.optional(places),
  spacingMs: v.optional(finiteMs),
  bucket: v.optional(counting(1)),
};
export const limitEntries: v.ObjectEntries = {
  application: v.optional(record(bucketEntries)),
  vehicle: v.optional(record(carEntries)),
  waiting: v.optional(counting(1)),
};
export const budgetEntries: v.ObjectEntries = {share: v.optional(share), size: v.optional(counting(1))};
export const quotaEntries: v.ObjectEntries = {
  perVehicle: counting(1),
  warnAt: v.optional(share),
  startDay: v.optional(counting(1, 28)),
};
export const outageEntries: v.ObjectEntries = {
  makeOf: v.optional(method('vehicle => make')),
  vehicles: v.optional(counting(1)),
  share: v.optional(share),
  windowMs: v.optional(above0('a number of milliseconds above 0')),
  pauseMs: v.optional(finiteMs),
};

export const entries: v.ObjectEntries = {
  limits: v.optional(record(limitEntries)),
  webhooks: v.optional(record(webhookEntries)),
  budget: v.optional(
    v.union([v.literal(false), record(budgetEntries)], 'false, or an object with share and size'),
  ),
  quota: v.optional(record(quotaEntries)),
  outages: v.optional(
    v.union(
      [v.boolean(), record(outageEntries)],
      'true, false, or an object with makeOf, vehicles, share, windowMs, pauseMs',
    ),
  ),
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
  peers: v.optional(withMethods('the `peers` of redisPorts(redis)', ['join'])),
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
  logger: v.optional(
    withMethods('a logger with debug, info, warn and error, such as pino() or console', [
      'debug',
      'info',
      'warn',
      'error',
    ]),
  ),
  origins: v.optional(record(originEntries)),
  fetch: v.optional(method('fetch')),
  clock: v.optional(withMethods('a clock with now() and sleep(ms, signal)', ['now', 'sleep'])),
  random: v.optional(method('from 0 to below 1')),
};

export const schema: v.GenericSchema = record(entries);

function origin(): v.GenericSchema<string> {
  return v.pipe(v.string(ORIGIN), v.check(isOrigin, ORIGIN));
}

export function isOrigin(value: string): boolean {
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
