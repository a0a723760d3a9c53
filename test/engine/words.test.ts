import {inspect} from 'node:util';
import {describe, expect, it, test} from 'vitest';
import {createPolicy, explain, userTokens, type Explanation} from '../../src/index.ts';
import {fakeAuth, pair} from './support/auth.ts';
import {bench, errorOf, playing} from './support/bench.ts';
import {dropped, lostLogin, rateLimited, sdkError} from './support/failures.ts';

const CANARY = 'canary4711secret';
const LOCK = {user: 'ada', vehicle: 'car', operation: 'lock'};
const READ = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};

const tokensDown = (): Promise<never> =>
  Promise.reject(Object.assign(new Error('x'), {response: {status: 500}}));

describe('a command that was cut short', () => {
  test('by its deadline while it was on the wire: the owner is told that nobody knows', async () => {
    const {policy, clock} = bench();
    const call = errorOf(policy.run(() => new Promise(() => undefined), {...LOCK, deadlineMs: 1_000}));
    await clock.advance(1_000);
    const {userMessage, hints} = explain(await call)!;
    expect(userMessage).toMatch(/^We don't know whether we could lock your car/);
    expect(hints).toContainEqual(expect.stringMatching(/^Whether it was carried out is not known/));
  });

  test('by its caller before it was sent: it did not happen', async () => {
    const {policy} = bench();
    const gone = new AbortController();
    gone.abort(new Error('gone'));
    const error = await errorOf(policy.run(playing(1), {...LOCK, signal: gone.signal}));
    expect(explain(error)?.userMessage).toMatch(/^We couldn't lock your car/);
  });

  test('after repeats that were allowed: nobody knows either', async () => {
    const {policy} = bench();
    const error = await errorOf(
      policy.run(playing(dropped()), {...READ, operation: 'lock', idempotent: true, maxWaitMs: 0}),
    );
    expect(explain(error)).toMatchObject({reason: 'wait-too-long', failure: {effect: 'possible'}});
  });

  test('because no token could be had: it was never sent, whatever the token endpoint did', async () => {
    const on = bench({auth: fakeAuth(tokensDown)});
    await on.policy.tokens.save('ada', pair('a', on.clock.now(), -1));
    const error = await errorOf(on.policy.run(playing(1), {...LOCK, maxWaitMs: 0}));
    const {userMessage, hints} = explain(error)!;
    expect(userMessage).toMatch(/^We couldn't lock your car/);
    expect(hints.join(' ')).not.toMatch(/carried out/);
  });
});

test('a parked call says why, as the event did', async () => {
  const on = bench();
  await errorOf(
    on.policy.run(
      playing(
        sdkError(400, 'CONNECTED_SERVICES_ACCOUNT', 'NO_VEHICLES', {resolution: {type: 'REAUTHENTICATE'}}),
      ),
      READ,
    ),
  );
  const error = await errorOf(on.policy.run(playing(1), READ));
  expect(explain(error)?.userMessage).toMatch(/no car in it\. Please add it there, then connect it again/);
});

test('twenty calls wait at a gate, are counted, and leave the count whichever way they end', async () => {
  const on = bench();
  const gone = new AbortController();
  await errorOf(on.policy.run(playing(rateLimited('VEHICLE', 50)), {...READ, maxWaitMs: 0}));
  const waiting = Array.from({length: 20}, (_, index) =>
    errorOf(
      on.policy.run(playing(1), {
        ...READ,
        ...(index < 5 && {signal: gone.signal}),
        ...(index >= 5 && index < 8 && {deadlineMs: 60_000, maxWaitMs: 55_000}),
      }),
    ),
  );
  await on.clock.advance(0);
  const asked = async (): Promise<string> => {
    const error = await errorOf(on.policy.run(playing(1), {...READ, maxWaitMs: 0}));
    return explain(error)!.hints.find(hint => hint.startsWith('The gate')) ?? '';
  };
  expect(await asked()).toMatch(
    /^The gate of the vehicle `car` is closed until .*; 20 calls wait behind it\.$/,
  );
  gone.abort(new Error('gone'));
  await on.clock.advance(0);
  expect(await asked()).toMatch(/; 15 calls wait behind it\.$/);
  await on.policy.close();
  await Promise.all(waiting);
});

test.each([
  [
    'a car that sleeps',
    sdkError(409, 'VEHICLE_STATE', 'ASLEEP'),
    /the `pause` event names its reason/,
    /limit is/,
  ],
  [
    'the limit of the application',
    sdkError(429, 'RATE_LIMIT', 'SMARTCAR_API', {resolution: {type: 'RETRY_LATER'}}),
    /All cars draw on one bucket/,
    /pause/,
  ],
])('who is paused because of %s is told of no other cause', async (_, error, expected, other) => {
  const {policy} = bench();
  await errorOf(policy.run(playing(error), {...READ, maxWaitMs: 0}));
  const paused = explain(await errorOf(policy.run(playing(1), {...READ, maxWaitMs: 0})))!;
  expect(paused.reason).toBe('paused');
  expect(paused.hints.join(' ')).toMatch(expected);
  expect(paused.hints.slice(1).join(' ')).not.toMatch(other);
});

/** Every place in which somebody may look at what the policy says. */
function everywhere(found: Explanation | undefined): string {
  return [
    JSON.stringify(found),
    inspect(found, {depth: 9}),
    found?.userMessage,
    ...(found?.hints ?? []),
  ].join('\n');
}

function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

describe('no secret comes back in words', () => {
  const policy = createPolicy({auth: userTokens({clientId: 'id', clientSecret: 'the-secret'})});
  const url = 'https://api.smartcar.com/v2.0/vehicles/c/nowhere';
  const asked = (request: object) => ({request: {method: 'POST', url, ...request}});
  const echo = {
    statusCode: 400,
    type: 'VALIDATION',
    description: `No: ${CANARY}`,
    suggestedUserMessage: `No: ${CANARY}`,
    detail: [{field: ['x', CANARY], message: `${CANARY} is wrong`}],
  };
  const missing = {statusCode: 404, type: 'RESOURCE_NOT_FOUND', code: 'PATH', description: `No: ${CANARY}`};

  it.each([
    ['a bearer', asked({headers: {authorization: `Bearer ${CANARY}`}})],
    ['two schemes', asked({headers: {authorization: `Bearer Bearer ${CANARY}`}})],
    ['quotes', asked({headers: {authorization: `Bearer "${CANARY}"`}})],
    ['Basic', asked({headers: {authorization: `Basic ${btoa(`id:${CANARY}`)}`}})],
    ['a cookie', asked({headers: {cookie: `a=1; session=${CANARY}`}})],
    ['no scheme', asked({headers: {authorization: CANARY}})],
    ['the query', asked({url: `${url}?access_token=${CANARY}`})],
    ['a form', asked({body: new URLSearchParams({code: CANARY})})],
    ['the text of a form', asked({body: `client_secret=${CANARY}`})],
    ['a form of parts', asked({body: formOf({client_secret: CANARY})})],
    ['a body of JSON', asked({body: JSON.stringify({refresh_token: CANARY})})],
    ['the credentials of the URL', asked({url: `https://user:${CANARY}@api.smartcar.com/v2.0/vehicles`})],
  ])('that the request had in %s, and the server repeats', async (_, context) => {
    expect(everywhere(await policy.explain(echo, context))).not.toContain(CANARY);
    expect(everywhere(await policy.explain(missing, context))).not.toContain(CANARY);
  });

  it.each([
    ['the query of a path', asked({url: `/v2.0/vehicles/c/nowhere?access_token=${CANARY}`})],
    ['the fragment of a path', asked({url: `/v2.0/vehicles/c/nowhere#${CANARY}`})],
    ['cookies', asked({headers: {cookie: CANARY, 'x-key': CANARY}})],
    ['the content type', asked({headers: {'content-type': `Bearer ${CANARY}`}, body: '{}'})],
  ])('that stands in %s', async (_, context) => {
    const quiet = {statusCode: 400, type: 'VALIDATION'};
    expect(everywhere(await policy.explain(quiet, context))).not.toContain(CANARY);
    expect(everywhere(await policy.explain({...missing, description: 'no'}, context))).not.toContain(CANARY);
  });

  it.each([
    `Invalid client_secret=${CANARY}`,
    `{"access_token": "${CANARY}"}`,
    `Authorization: Bearer ${CANARY}`,
    `Invalid code: ${CANARY}`,
    `Invalid token: access_token=${CANARY}`,
  ])('that only the server names: %s', async description => {
    const found = await policy.explain({error: 'invalid_request', error_description: description});
    expect(everywhere(found)).not.toContain(CANARY);
    expect(found.failure.description).toContain('[redacted]');
  });

  it('beside an error of Connect: its redirect may hold a code and the state', async () => {
    const redirect = `https://example.com/back?error=access_denied&error_description=no&code=${CANARY}&state=${CANARY}&type=${CANARY}`;
    const found = await policy.explain(redirect);
    expect(found).toMatchObject({
      reason: 'connect-refused',
      failure: {type: 'access_denied', description: 'no'},
    });
    expect(everywhere(found)).not.toContain(CANARY);
  });

  it('leaves the codes of errors readable', async () => {
    const found = await policy.explain({
      statusCode: 500,
      type: 'SERVER',
      description: 'error code: 4711 at 12:30',
    });
    expect(found.failure.description).toBe('error code: 4711 at 12:30');
  });
});

test('the link of an owner stands in no hint and in no event but `reauth`', async () => {
  const connect = {redirectUri: 'https://example.com/back', applicationId: 'application'};
  const {policy} = bench({connect, app: {name: 'Volt'}});
  const others: unknown[] = [];
  for (const event of ['attempt', 'decision', 'fail', 'defer', 'pause', 'success'] as const)
    policy.on(event, payload => others.push(payload));
  let told = '';
  policy.on('reauth', ({userMessage}) => (told = userMessage));
  const error = lostLogin();
  await errorOf(policy.run(playing(error), READ));
  await errorOf(policy.run(playing(1), READ));
  expect(told).toMatch(/^Volt couldn't read the odometer.* https:\/\/connect\.smartcar\.com\/.*state=/);
  expect(JSON.stringify(others)).not.toContain('state=');
  expect(explain(error)?.hints.join(' ')).not.toContain('state=');
});

test('what steers a terminal or turns words around is not passed on', async () => {
  const policy = createPolicy({});
  const found = await policy.explain({
    statusCode: 409,
    type: 'VEHICLE_STATE',
    code: 'DOOR_OPEN',
    description: '\u001B[2Jgone\u202E',
    suggestedUserMessage: '\u001B[31mClose\u0007 the\ndoor\u202E.',
  });
  expect(found.userMessage).toBe('Close the door.');
  expect(found.hints).toContain('Smartcar says: gone');
});

test.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd'])(
  'no owner is sent to %s',
  async url => {
    const {policy} = bench({
      connect: {applicationId: 'application', redirectUri: 'https://example.com/back'},
    });
    const error = sdkError(400, 'CONNECTED_SERVICES_ACCOUNT', 'AUTHENTICATION_FAILED', {
      resolution: {type: 'REAUTHENTICATE', url},
    });
    await errorOf(policy.run(playing(error), READ));
    expect(explain(error)?.connectUrl).toMatch(/^https:\/\/connect\.smartcar\.com\//);
    expect(explain(error)?.failure.resolution).toEqual({type: 'REAUTHENTICATE'});
  },
);

test('of a request whose headers are not known, none is said to be missing', async () => {
  const policy = createPolicy({});
  const url = 'https://vehicle.api.smartcar.com/v3/vehicles/c/commands/charge/set-limit';
  for (const type of ['AUTHENTICATION', 'VALIDATION']) {
    const body = {statusCode: type === 'VALIDATION' ? 400 : 401, type};
    const {hints} = await policy.explain(body, {request: {method: 'POST', url}});
    expect(hints.join(' ')).not.toMatch(/was sent|was not sent|has no body|lacks/);
    expect(hints.join(' ')).toContain('Give `policy.explain` the request');
    const told = await policy.explain(body, {request: {method: 'POST', url, headers: {}}});
    expect(told.hints.join(' ')).toMatch(/was sent|was not sent/);
  }
});
