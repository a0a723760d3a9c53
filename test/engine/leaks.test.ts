import {execFile} from 'node:child_process';
import {getEventListeners} from 'node:events';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {expect, test} from 'vitest';
import {fakeAuth, pair} from './support/auth.ts';
import {bench, errorOf, onTheWire, playing} from './support/bench.ts';
import {lostLogin, rateLimited, unauthorized, upstream, upstreamResponse} from './support/failures.ts';

const READ = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};

test('a signal that outlives its calls keeps no listener of any of them, however they end', async () => {
  const {policy, clock} = bench({
    attemptTimeoutMs: 5_000,
    auth: fakeAuth(async () => pair(`${Math.random()}`, clock.now())),
  });
  const {signal} = new AbortController();
  const context = {...READ, signal};
  await policy.tokens.save('ada', pair('ada', clock.now()));
  for (let round = 0; round < 20; round++) {
    const calls = [
      policy.run(playing('a reading'), context),
      policy.run(playing(unauthorized(), 'a reading'), context),
      policy.run(playing(upstream(), 'a reading'), context),
      policy.run(playing(upstreamResponse()), context),
      policy.run(playing(new Error('stranger')), context),
      policy.run(playing(upstream()), {...context, maxWaitMs: 0}),
      policy.run(onTheWire().send, {...context, idempotent: false}),
      policy.run(onTheWire().send, {...context, deadlineMs: 2_000}),
      policy.run(playing(rateLimited('VEHICLE', 3), 1), {...context, vehicle: 'limited'}),
      policy.run(playing(lostLogin()), {...context, vehicle: 'lost', waitForReauthMs: 1_000}),
    ];
    const first = Promise.allSettled(calls);
    await clock.advance(0);
    const later = [
      policy.run(playing(1), {...context, vehicle: 'limited'}),
      policy.run(playing(1), {...context, vehicle: 'limited', maxWaitMs: 1}),
      policy.run(playing(1), {...context, vehicle: 'lost'}),
    ];
    await clock.run(Promise.allSettled([first, ...later]));
    await policy.reauth.resolve('ada');
  }

  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(clock.waiting).toBe(0);
});

test('a call that a signal ended leaves no listener on it either', async () => {
  const {policy, clock} = bench();
  const controller = new AbortController();
  const context = {...READ, signal: controller.signal};
  const calls = [
    policy.run(onTheWire().send, context),
    policy.run(playing(upstream()), context),
    policy.run(playing(rateLimited('VEHICLE', 3)), {...context, vehicle: 'limited'}),
  ].map(errorOf);
  await clock.advance(100);
  controller.abort();
  await Promise.all(calls);

  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  expect(clock.waiting).toBe(0);
});

const run = promisify(execFile);

/** Runs a program on a policy with the system's clock, in a process of its own that has to end by itself. */
async function program(lines: string): Promise<string> {
  const source = fileURLToPath(new URL('../../src/index.ts', import.meta.url));
  const code = `import {createPolicy} from ${JSON.stringify(source)};\n${lines}`;
  const {stdout} = await run(process.execPath, ['--input-type=module', '--eval', code], {timeout: 15_000});
  return stdout.trim();
}

test('a policy that is idle keeps no process alive', async () => {
  const said = await program(`
    const policy = createPolicy();
    console.log(await policy.run(async () => 'a reading', {user: 'ada', deadlineMs: 600_000}));
  `);
  expect(said).toBe('a reading');
});

test('nor does one with a closed gate, an open episode, and calls that have ended in every way', async () => {
  const said = await program(`
    const policy = createPolicy();
    const failing = (statusCode, type, code, more) =>
      policy.run(async () => { throw Object.assign(new Error('x'), {statusCode, type, code, ...more}); },
        {user: 'ada', vehicle: type, idempotent: true, maxWaitMs: 0}).catch(error => error.code ?? error.type);
    const ends = [
      await failing(429, 'RATE_LIMIT', 'VEHICLE', {retryAfter: '3600'}),
      await failing(400, 'CONNECTED_SERVICES_ACCOUNT', 'AUTHENTICATION_FAILED', {resolution: {type: 'REAUTHENTICATE'}}),
      await failing(429, 'RATE_LIMIT', 'VEHICLE'),
    ];
    const slow = new AbortController();
    const call = policy.run(() => new Promise(() => {}), {user: 'ada', signal: slow.signal}).catch(error => error);
    slow.abort('enough');
    console.log(ends.join(), await call);
  `);
  expect(said).toBe('VEHICLE,AUTHENTICATION_FAILED,PAUSED enough');
});

test('nor does one that was closed while many stood before a gate that opens', async () => {
  const said = await program(`
    const policy = createPolicy({random: () => 0});
    const context = {user: 'ada', vehicle: 'car', idempotent: true};
    const error = Object.assign(new Error('x'), {statusCode: 429, type: 'RATE_LIMIT', code: 'VEHICLE', retryAfter: '0'});
    await policy.run(async () => { throw error; }, {...context, maxWaitMs: 0}).catch(() => {});
    const wire = Promise.withResolvers();
    const probe = policy.run(() => wire.promise, context);
    const calls = Array.from({length: 500}, () => policy.run(async () => 1, context).catch(error => error.code));
    await new Promise(resolve => setImmediate(resolve));
    await policy.close();
    const ends = new Set(await Promise.all(calls));
    wire.resolve('probe');
    console.log([...ends].join(), await probe);
  `);
  expect(said).toBe('CLOSED probe');
});
