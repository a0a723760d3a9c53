import {expect, test} from 'vitest';
import {
  applicationToken,
  createPolicy,
  memoryStore,
  withPolicy,
  type PolicyOptions,
} from '../../src/index.ts';
import {said} from './support/said.ts';

const MS = 'a number of milliseconds from 0 up';
const ORIGIN =
  'an https origin without a path (plain http for loopback only), such as https://api.smartcar.com';

const mistakes: readonly (readonly [options: unknown, message: string])[] = [
  [{quota: {}}, 'Expected `quota.perVehicle` to be a whole number from 1 up, got undefined.'],
  [
    {webhooks: {}},
    'Expected `webhooks.applicationManagementToken` to be a text that is not empty, got undefined.',
  ],
  [{auth: {}}, 'Expected `auth` to be userTokens(…) or applicationToken(…), got an object.'],
  [{auth: applicationToken}, 'Expected `auth` to be userTokens(…) or applicationToken(…), got a function.'],
  [
    {store: null},
    'Expected `store` to be a token store such as memoryStore() or sqliteStore(path), got null.',
  ],
  [
    {store: memoryStore},
    'Expected `store` to be a token store such as memoryStore() or sqliteStore(path), got a function.',
  ],
  [
    {connect: 'https://example.com'},
    'Expected `connect` to be an object, got `https://example.com` (string).',
  ],
  [{connect: []}, 'Expected `connect` to be an object, got an array.'],
  [
    {connect: {redirectUri: '/back'}},
    'Expected `connect.redirectUri` to be an absolute URL, got `/back` (string).',
  ],
  [
    {connect: {scope: 'read_odometer'}},
    'Expected `connect.scope` to be a list of permissions such as ["read_odometer"], got `read_odometer` (string).',
  ],
  [{connect: {scope: [7]}}, 'Expected `connect.scope.0` to be a text that is not empty, got `7` (number).'],
  [
    {connect: {mode: 'production'}},
    'Expected `connect.mode` to be "live", "simulated" or "test", got `production` (string).',
  ],
  [
    {connect: {applicationId: ''}},
    'Expected `connect.applicationId` to be a text that is not empty, got `` (string).',
  ],
  [
    {connect: {stateSecret: ''}},
    'Expected `connect.stateSecret` to be a text that is not empty, got an empty text.',
  ],
  [{connect: {probeAfterMs: -1}}, `Expected \`connect.probeAfterMs\` to be ${MS}, got \`-1\` (number).`],
  [
    {backoff: 3},
    'Expected `backoff` to be an object with a setting for each kind of failure, got `3` (number).',
  ],
  [
    {backoff: [{retries: 1}]},
    'Expected `backoff` to be an object with a setting for each kind of failure, got an array.',
  ],
  [
    {backoff: {UPSTREAM: true}},
    'Expected `backoff.UPSTREAM` to be false, or an object with retries, baseDelayMs, maxDelayMs, delaysMs, maxWaitMs, got `true` (boolean).',
  ],
  [
    {backoff: {UPSTREAM: [1]}},
    'Expected `backoff.UPSTREAM` to be false, or an object with retries, baseDelayMs, maxDelayMs, delaysMs, maxWaitMs, got an array.',
  ],
  [
    {backoff: {UPSTREAM: {retries: 1.5}}},
    'Expected `backoff.UPSTREAM.retries` to be a whole number from 0 up, got `1.5` (number).',
  ],
  [
    {backoff: {UPSTREAM: {baseDelayMs: '2s'}}},
    `Expected \`backoff.UPSTREAM.baseDelayMs\` to be ${MS}, got \`2s\` (string).`,
  ],
  [
    {backoff: {UPSTREAM: {maxDelayMs: Number.NaN}}},
    `Expected \`backoff.UPSTREAM.maxDelayMs\` to be ${MS}, got \`NaN\` (number).`,
  ],
  [
    {backoff: {UPSTREAM: {delaysMs: 60_000}}},
    'Expected `backoff.UPSTREAM.delaysMs` to be a list of milliseconds, got `60000` (number).',
  ],
  [
    {backoff: {UPSTREAM: {delaysMs: [1, Infinity]}}},
    'Expected `backoff.UPSTREAM.delaysMs.1` to be a finite number of milliseconds from 0 up, got `Infinity` (number).',
  ],
  [{maxWaitMs: '60s'}, `Expected \`maxWaitMs\` to be ${MS}, got \`60s\` (string).`],
  [{maxWaitMs: -1}, `Expected \`maxWaitMs\` to be ${MS}, got \`-1\` (number).`],
  [
    {attemptTimeoutMs: 0},
    'Expected `attemptTimeoutMs` to be a number of milliseconds above 0, got `0` (number).',
  ],
  [{attemptTimeoutMs: true}, `Expected \`attemptTimeoutMs\` to be ${MS}, got \`true\` (boolean).`],
  [
    {refreshAheadMs: Infinity},
    'Expected `refreshAheadMs` to be a finite number of milliseconds from 0 up, got `Infinity` (number).',
  ],
  [{coalesce: 'no'}, 'Expected `coalesce` to be true or false, got `no` (string).'],
  [{settle: 0}, 'Expected `settle` to be true or false, got `0` (number).'],
  [
    {origins: 'https://api.smartcar.com'},
    'Expected `origins` to be an object, got `https://api.smartcar.com` (string).',
  ],
  [
    {origins: {api: 'https://a.com/v2.0'}},
    `Expected \`origins.api\` to be ${ORIGIN}, got \`https://a.com/v2.0\` (string).`,
  ],
  [{fetch: 'node-fetch'}, 'Expected `fetch` to be a function (fetch), got `node-fetch` (string).'],
  [
    {clock: {now: () => 1}},
    'Expected `clock` to be a clock with now() and sleep(ms, signal), got an object.',
  ],
  [{random: 0.5}, 'Expected `random` to be a function (from 0 to below 1), got `0.5` (number).'],
];

test.each(mistakes)('%o is refused: option, expectation and what came', (options, message) => {
  expect(said(options)).toBe(message);
});

test.each([
  [{maxWait: 1}, 'Unknown option `maxWait`: did you mean `maxWaitMs`?'],
  [{Fetch: fetch}, 'Unknown option `Fetch`: did you mean `fetch`?'],
  [{constructor: 1}, 'Unknown option `constructor`: did you mean'],
  [
    {connect: {redirectURI: 'https://a.com'}},
    'Unknown option `connect.redirectURI`: did you mean `redirectUri`?',
  ],
  [{origins: {apiv3: 'https://a.com'}}, 'Unknown option `origins.apiv3`: did you mean `apiV3`?'],
  [{backoff: {UPSTRAEM: false}}, 'Unknown key `backoff.UPSTRAEM`: did you mean `UPSTREAM`?'],
  [
    {backoff: {'RATE_LIMIT:VEHICEL': false}},
    'Unknown key `backoff.RATE_LIMIT:VEHICEL`: did you mean `RATE_LIMIT:VEHICLE`?',
  ],
  [{backoff: {'*': {retrys: 1}}}, 'Unknown option `backoff.*.retrys`: did you mean `retries`?'],
])('%j is refused with the name that was meant', (options, message) => {
  expect(said(options)).toContain(message);
});

test('every mistake is named in one error', () => {
  const message = said({
    maxWaitMs: 'x',
    settle: 1,
    retries: 3,
    timeout: 5,
    connect: {mode: 'prod', scopes: [], redirectUrl: ''},
    backoff: {UPSTREAM: {retries: -1, retrys: 1}, NOPE: false},
  });
  for (const name of [
    '`maxWaitMs`',
    '`settle`',
    '`retries`',
    '`timeout`',
    '`connect.mode`',
    '`connect.scopes`',
    '`connect.redirectUrl`',
    '`backoff.UPSTREAM.retries`',
    '`backoff.UPSTREAM.retrys`',
    '`backoff.NOPE`',
  ]) {
    expect(message).toContain(name);
  }
});

test.each([
  [{auth: 'hunter2-hunter2'}],
  [{store: 'redis://:hunter2@redis.example.com'}],
  [{connect: {stateSecret: ['hunter2']}}],
  [{origins: {api: 'https://user:hunter2@api.smartcar.com'}}],
  [{origins: {api: 'https://:hunter2@api.smartcar.com'}}],
  [{origins: {api: 'https://api.smartcar.com/?token=hunter2'}}],
  [{clientSecret: 'hunter2'}],
  [{connect: {clientSecret: 'hunter2'}}],
])('no secret stands in what %j is refused with', options => {
  const message = said(options);
  expect(message).toMatch(/^(Expected|Unknown)/);
  expect(message).not.toContain('hunter2');
});

test('createPolicy without options serves calls that bring their own token', async () => {
  const policy = createPolicy();
  const value = await policy.run(async ({accessToken, headers}) => ({accessToken, headers}));
  expect(value).toEqual({accessToken: '', headers: {}});
  expect(() => policy.connect.url('ada')).toThrow(/needs it/);
  await expect(policy.tokens.get('ada')).rejects.toMatchObject({code: 'CONFIGURATION'});
});

test('frozen options, and members that are undefined, are accepted as given', async () => {
  const frozen = Object.freeze({
    maxWaitMs: undefined,
    connect: Object.freeze({redirectUri: undefined, scope: Object.freeze(['read_odometer'])}),
    backoff: Object.freeze({UPSTREAM: Object.freeze({delaysMs: Object.freeze([1, 2])}), '*': false as const}),
    origins: Object.freeze({api: undefined}),
    coalesce: true,
    settle: false,
  });
  expect(said(frozen)).toBe('nothing');
  const smartcar = withPolicy(async () => new Response('mine'), {
    fetch: undefined,
  } as unknown as PolicyOptions);
  expect(await (await smartcar('https://api.smartcar.com/v2.0/vehicles')).text()).toBe('mine');
});

test.each([
  [{maxWaitMs: 0}],
  [{maxWaitMs: Infinity}],
  [{attemptTimeoutMs: Infinity}],
  [{connect: {probeAfterMs: Infinity}}],
  [{backoff: {}}],
  [{backoff: {'*': {retries: 0}, VEHICLE_STATE: {delaysMs: []}}}],
  [Object.create(null)],
])('%j is accepted', options => {
  expect(said(options)).toBe('nothing');
});
