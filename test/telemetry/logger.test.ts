import {Writable} from 'node:stream';
import {Console} from 'node:console';
import {inspect} from 'node:util';
import pino from 'pino';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {createEvents, EVENT_NAMES, type EventName, type PolicyEvents} from '../../src/engine/events.ts';
import {createPolicy, type Logger} from '../../src/index.ts';
import {levelOf} from '../../src/telemetry/levels.ts';
import {logTo} from '../../src/telemetry/logger.ts';
import {sentenceOf} from '../../src/telemetry/sentences.ts';
import {bench, playing} from '../engine/support/bench.ts';
import {upstream} from '../engine/support/failures.ts';
import {said} from '../options/support/said.ts';
import {SAMPLES} from './support.ts';

const READ = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};

function memory(): Writable & {readonly text: () => string} {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  return Object.assign(stream, {text: () => text});
}

/** Tells every sample to a logger. */
function tell(logger: Logger, samples: typeof SAMPLES = SAMPLES): void {
  const events = createEvents();
  logTo(logger, events);
  for (const event of EVENT_NAMES) events.emit(event, samples[event]);
}

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly smartcarPolicy: Record<string, unknown> & {readonly event: EventName};
}

const linesOf = (text: string): readonly Line[] =>
  text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Line);

describe('pino', () => {
  test('gets each event as an object below one name, and a sentence as its message', () => {
    const stream = memory();
    tell(pino({level: 'debug'}, stream));
    const lines = linesOf(stream.text());

    expect(lines.map(({smartcarPolicy}) => smartcarPolicy.event)).toEqual(EVENT_NAMES);
    const success = lines.find(({smartcarPolicy}) => smartcarPolicy.event === 'success');
    expect(success?.smartcarPolicy).toEqual({event: 'success', ...SAMPLES.success});
    expect(success?.msg).toBe(
      'Call 7 (GET /vehicles/{id}/odometer) succeeded: 2 attempts, 1200 ms, 900 of them waiting.',
    );
  });

  test('is asked for nothing below its level', () => {
    const stream = memory();
    tell(pino({level: 'warn'}, stream));
    expect(linesOf(stream.text()).map(({smartcarPolicy}) => smartcarPolicy.event)).toEqual([
      'quota',
      'webhook-rejected',
      'reauth',
      'fail',
    ]);
  });

  test('keeps the bindings of a child', async () => {
    const stream = memory();
    const logger = pino({level: 'debug'}, stream).child({service: 'fleet', user: 'service account'});
    const {policy} = bench({logger});
    await policy.run(playing(1), READ);
    expect(linesOf(stream.text())[0]).toMatchObject({user: 'service account', smartcarPolicy: {user: 'ada'}});
  });
});

test('a console gets the sentence first, then the event', async () => {
  const out = memory();
  const err = memory();
  const {policy, clock} = bench({logger: new Console({stdout: out, stderr: err})});
  await clock.run(policy.run(playing(upstream(), 1), READ));

  expect(out.text()).toMatch(
    /^Call \d+ \(odometer\): attempt 1 is sent. \{\n? +smartcarPolicy: \{\n? +event: 'attempt'/,
  );
  expect(out.text()).toContain('attempt 1 failed (UPSTREAM:NO_RESPONSE). It is repeated in 1000 ms.');
  expect(err.text()).toBe('');
});

test('what stands in a path or a name neither breaks a line nor swallows the event', () => {
  const out = memory();
  const logger = new Console({stdout: out, stderr: out});
  const {attempt} = SAMPLES;
  const odd = {...attempt, operation: 'GET /v3/%c3%a9%s\n\u001B[31mred'};
  tell(logger, {...SAMPLES, attempt: odd});
  expect(out.text().split('\n')[0]).toBe('Call 7 (GET /v3/%25c3%a9%25s red): attempt 1 is sent. {');
});

test('bunyan, which has no bindings(), gets the object first too', () => {
  const told: unknown[][] = [];
  const write = (...parts: unknown[]): void => void told.push(parts);
  const bunyan = {debug: write, info: write, warn: write, error: write, addSerializers: () => undefined};
  tell(bunyan);
  expect(told[0]).toEqual([
    {smartcarPolicy: {event: 'attempt', ...SAMPLES.attempt}},
    'Call 7 (GET /vehicles/{id}/odometer): attempt 1 is sent.',
  ]);
});

test('winston, which lays the object over its own members, keeps its message and those of the product', () => {
  const lines: Record<string, unknown>[] = [];
  const write = (message: string, meta: Record<string, unknown>): void => {
    const line: Record<string, unknown> = {service: 'fleet', user: 'service account', ...meta, message};
    if (meta['message'] !== undefined) line['message'] = `${message} ${JSON.stringify(meta['message'])}`;
    lines.push(line);
  };
  tell({debug: write, info: write, warn: write, error: write, isLevelEnabled: () => true} as Logger);
  const rejected = lines.find(
    ({smartcarPolicy}) => (smartcarPolicy as Line['smartcarPolicy']).event === 'webhook-rejected',
  );
  expect(rejected).toEqual({
    service: 'fleet',
    user: 'service account',
    message: 'A webhook was not accepted. Its signature is not that of the token.',
    smartcarPolicy: {event: 'webhook-rejected', ...SAMPLES['webhook-rejected']},
  });
});

test('a logger of a class keeps its `this`, also where a proxy stands in front of it', () => {
  class Own implements Logger {
    readonly lines: unknown[] = [];
    debug(line: unknown): void {
      this.lines.push(line);
    }
    info(line: unknown): void {
      this.lines.push(line);
    }
    warn(line: unknown): void {
      this.lines.push(line);
    }
    error(line: unknown): void {
      this.lines.push(line);
    }
  }
  const own = new Own();
  tell(new Proxy(own, {}));
  expect(own.lines).toHaveLength(EVENT_NAMES.length);
});

test('a level that is no function of the logger is not asked', () => {
  const told: unknown[] = [];
  const write = (...parts: unknown[]): void => void told.push(parts);
  tell({debug: write, info: write, warn: write, error: write, isLevelEnabled: 'info'} as Logger);
  expect(told).toHaveLength(EVENT_NAMES.length);
});

test.each<[EventName, ReturnType<typeof levelOf>]>([
  ['attempt', 'debug'],
  ['decision', 'debug'],
  ['success', 'debug'],
  ['defer', 'debug'],
  ['webhook', 'debug'],
  ['refresh', 'info'],
  ['pause', 'info'],
  ['resume', 'info'],
  ['limit', 'info'],
  ['reauth-resolved', 'info'],
  ['reauth', 'warn'],
  ['quota', 'warn'],
  ['webhook-rejected', 'warn'],
  ['fail', 'error'],
])('%s is logged as %s', (event, level) => {
  expect(levelOf(event, SAMPLES[event])).toBe(level);
});

test.each<[Partial<PolicyEvents['fail']>, string]>([
  [{needs: 'developer'}, 'error'],
  [{needs: 'finance'}, 'error'],
  [{needs: 'support'}, 'error'],
  [{needs: 'owner'}, 'warn'],
  [{needs: 'nobody'}, 'warn'],
  [{needs: 'owner', reason: 'parked'}, 'info'],
  [{needs: 'nobody', reason: 'aborted'}, 'info'],
  [{needs: 'nobody', reason: 'closed'}, 'info'],
])('a failure with %o is logged as %s', (facts, level) => {
  expect(levelOf('fail', {...SAMPLES.fail, ...facts})).toBe(level);
});

test.each(['failed', 'dead'] as const)('a refresh that ends as %s is a warning', outcome => {
  expect(levelOf('refresh', {...SAMPLES.refresh, outcome})).toBe('warn');
});

describe('the sentences', () => {
  test('are these', () => {
    const sentences = EVENT_NAMES.map(event => sentenceOf(event, SAMPLES[event]));
    expect(sentences).toMatchInlineSnapshot(`
      [
        "Call 7 (GET /vehicles/{id}/odometer): attempt 1 is sent.",
        "Call 7 (GET /vehicles/{id}/odometer): attempt 1 failed (UPSTREAM:NO_RESPONSE). It is repeated in 900 ms.",
        "The token of "ada" was renewed in 120 ms.",
        "The gate of vehicle:car is closed until 2026-01-01T12:00:00.000Z (server-says-retry).",
        "The gate of vehicle:car is open again.",
        "Smartcar takes about 30 calls a minute for the application.",
        "Vehicle car has used 400 of 500 calls in the period from 2026-01-01.",
        "A webhook VEHICLE_ERROR of vehicle car came.",
        "A webhook was not accepted. Its signature is not that of the token.",
        ""ada" with vehicle car has to reconnect (CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED).",
        ""ada" with vehicle car no longer has to reconnect (tokens).",
        "Call 7 (GET /vehicles/{id}/odometer): the wait would be too long; it makes sense again at 2026-01-01T12:00:00.000Z.",
        "Call 7 (GET /vehicles/{id}/odometer) succeeded: 2 attempts, 1200 ms, 900 of them waiting.",
        "Call 7 (GET /vehicles/{id}/odometer) failed (UPSTREAM:NO_RESPONSE): 2 attempts, 1200 ms, 900 of them waiting. It was repeated as often as \`backoff\` allows.",
      ]
    `);
  });

  const others: readonly string[] = [
    sentenceOf('refresh', {outcome: 'reused', durationMs: 1}),
    sentenceOf('refresh', {outcome: 'dead', user: 'ada', durationMs: 1}),
    sentenceOf('refresh', {outcome: 'failed', user: 'ada', durationMs: 1, failure: 'server_error'}),
    sentenceOf('refresh', {outcome: 'failed', durationMs: 1}),
    sentenceOf('limit', {scope: 'application'}),
    sentenceOf('reauth', {...SAMPLES.reauth, reminder: true}),
    sentenceOf('pause', {scope: 'application', until: Infinity, reason: 'billing'}),
    sentenceOf('decision', {...SAMPLES.decision, action: 'refresh'}),
    sentenceOf('decision', {...SAMPLES.decision, action: 'reauthenticate'}),
    sentenceOf('decision', {...SAMPLES.decision, action: 'fail', reason: 'billing'}),
    sentenceOf('attempt', {call: 7, attempt: 3}),
    sentenceOf('fail', {...SAMPLES.fail, failure: {status: 500, scope: 'call', effect: 'none'}}),
  ];
  test('and where something is missing or different, these', () => {
    expect(others).toMatchInlineSnapshot(`
      [
        "The token of the application had been renewed elsewhere already.",
        "The grant of "ada" is gone: the owner has to go through Connect.",
        "The token of "ada" could not be renewed: server_error.",
        "The token of the application could not be renewed: no reason was given.",
        "Nothing is held back for the application any more.",
        ""ada" with vehicle car still has to reconnect (CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED).",
        "The gate of the application is closed until +275760-09-13T00:00:00.000Z (billing).",
        "Call 7 (GET /vehicles/{id}/odometer): attempt 1 failed (UPSTREAM:NO_RESPONSE). The token is renewed, then it is repeated.",
        "Call 7 (GET /vehicles/{id}/odometer): attempt 1 failed (UPSTREAM:NO_RESPONSE). The owner has to reconnect.",
        "Call 7 (GET /vehicles/{id}/odometer): attempt 1 failed (UPSTREAM:NO_RESPONSE). A limit of the Smartcar plan is reached; repeating costs money and changes nothing.",
        "Call 7: attempt 3 is sent.",
        "Call 7 (GET /vehicles/{id}/odometer) failed (500): 2 attempts, 1200 ms, 900 of them waiting. It was repeated as often as \`backoff\` allows.",
      ]
    `);
  });
});

test('no link to Connect, no message with one and no body of a webhook gets into a log', () => {
  const stream = memory();
  const told: unknown[] = [];
  const write = (...parts: unknown[]): void => void told.push(parts);
  tell(pino({level: 'debug'}, stream));
  tell({debug: write, info: write, warn: write, error: write});
  for (const all of [stream.text(), inspect(told, {depth: 20})]) {
    expect(all).toContain('REAUTHENTICATE');
    expect(all).not.toMatch(/link-secret|where the car is/);
  }
});

const fail = (): never => {
  throw new Error('disk full');
};
const reject = (): Promise<never> => Promise.reject(new Error('disk full'));

test('a logger that throws or rejects breaks no call', async () => {
  const heard: string[] = [];
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation(text => void heard.push(String(text)));
  onTestFinished(() => spy.mockRestore());
  const throwing = {debug: fail, info: fail, warn: fail, error: fail};
  expect(await bench({logger: throwing}).policy.run(playing(1), READ)).toBe(1);
  const rejecting = {debug: reject, info: reject, warn: reject, error: reject};
  expect(await bench({logger: rejecting}).policy.run(playing(1), READ)).toBe(1);
  await new Promise(resolve => setImmediate(resolve));
  expect(heard).toHaveLength(4);
  expect(heard[0]).toContain('disk full');
});

describe('the option', () => {
  const EXPECTED =
    'Expected `logger` to be a logger with debug, info, warn and error, such as pino() or console';
  test.each<[unknown, string]>([
    [true, 'got `true` (boolean).'],
    ['debug', 'got `debug` (string).'],
    [{}, 'got an object.'],
    [{debug() {}, info() {}, warn() {}}, 'got an object.'],
    [() => undefined, 'got a function.'],
    [null, 'got null.'],
  ])('refuses %o', (logger, got) => {
    expect(said({logger})).toBe(`${EXPECTED}, ${got}`);
  });

  test('takes console, pino, and nothing', () => {
    for (const logger of [console, pino({level: 'silent'})]) createPolicy({logger});
    expect(said({logger: undefined})).toBe('nothing');
  });
});
