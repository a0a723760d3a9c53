import {fork} from 'node:child_process';
import {once} from 'node:events';
import {cpSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {fileURLToPath} from 'node:url';
import {afterAll, expect, test} from 'vitest';
import {createPolicy, PolicyError, sqliteStore, userTokens} from './support/front-door.ts';
import {tokenServer, type After, type TokenServer} from './support/token-server.ts';

/** Where a process dies, whether Smartcar has rotated the pair by then, and whether the new one is stored. */
const STEPS: readonly (readonly [step: string, rotated: boolean, stored: boolean])[] = [
  ['before it asks for the lock', false, false],
  ['with the lock', false, false],
  ['before the request is sent', false, false],
  ['received', false, false],
  ['rotated', true, false],
  ['when the answer has come', true, false],
  ['before the pair is stored', true, false],
  ['in the transaction', true, false],
  ['after the pair was stored', true, true],
  ['before it gives the lock back', true, true],
  ['after it gave the lock back', true, true],
  ['after its call', true, true],
];

const program = fileURLToPath(new URL('support/refreshing.ts', import.meta.url));
/** What the first process has read and stripped of types, the others need not. */
const cache = mkdtempSync(join(tmpdir(), 'smartcar-killed-cache-'));
afterAll(() => rmSync(cache, {recursive: true, force: true}));
const FIRST = {access: 'access-0', refresh: 'refresh-0'};
/** By the clock of whoever comes next, the lease of the one that died is soon over. */
const FAST = 200;

/** Starts a process on this file, and kills it as soon as it is at this step. */
async function killedAt(step: string, file: string, server: TokenServer, after: After): Promise<void> {
  const execArgv = ['--conditions=smartcar-policy:source', '--disable-warning=ExperimentalWarning'];
  const options = {execArgv, env: {...process.env, NODE_COMPILE_CACHE: cache}};
  const child = fork(program, [JSON.stringify({file, origin: server.origin, step})], options);
  after(() => void child.kill('SIGKILL'));
  const reached = Promise.withResolvers<string>();
  child.on('message', message => reached.resolve(message as string));
  child.on('exit', code => reached.reject(new Error(`it ended with ${code} before "${step}"`)));
  server.hook = async moment => {
    if (moment !== step) return;
    reached.resolve(moment);
    await new Promise(() => undefined);
  };
  expect(await reached.promise).toBe(step);
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  server.hook = async () => undefined;
}

const sleep = (ms: number): Promise<void> => new Promise(resolve => void setTimeout(resolve, ms));

/** What the next process finds, as soon as it has waited for the lease of the dead one. */
async function next(
  file: string,
  server: TokenServer,
): Promise<{end: unknown; reauths: number; refreshes: number}> {
  const clock = {now: () => Date.now(), monotonic: () => performance.now() * FAST, sleep};
  const policy = createPolicy({
    auth: userTokens({clientId: 'client', clientSecret: 'secret'}),
    store: sqliteStore(file, {clock}),
    origins: {api: server.origin, auth: server.origin},
  });
  let reauths = 0;
  policy.on('reauth', () => void reauths++);
  const before = server.presented.length;
  const call = policy.fetch({user: 'ada'})(`${server.origin}/v2.0/vehicles/car-1/odometer`);
  const end = await call
    .then(({status}) => status)
    .catch((error: unknown) => (PolicyError.is(error) ? error.code : error));
  await policy.close();
  return {end, reauths, refreshes: server.presented.length - before};
}

function intact(file: string): void {
  const db = new DatabaseSync(file);
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({integrity_check: 'ok'});
  db.close();
}

test.concurrent.for(STEPS)(
  'killed %s: the grant is kept where it can be, and its loss is told where it cannot',
  {timeout: 30_000},
  async ([step, rotated, stored], {onTestFinished}) => {
    const folder = mkdtempSync(join(tmpdir(), 'smartcar-killed-'));
    onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
    const file = join(folder, 'one', 'tokens.db');
    mkdirSync(join(folder, 'one'));
    const server = await tokenServer(FIRST, onTestFinished);
    const store = sqliteStore(file);
    const tokens = {accessToken: FIRST.access, refreshToken: FIRST.refresh, accessExpiresAt: Date.now() - 1};
    await store.put('user:ada', tokens);
    await store.close();

    await killedAt(step, file, server, onTestFinished);
    cpSync(join(folder, 'one'), join(folder, 'two'), {recursive: true});
    const back = server.snapshot();

    server.grace = true;
    const kept = await next(file, server);
    expect(kept).toEqual({end: 200, reauths: 0, refreshes: stored ? 0 : 1});
    intact(file);

    back();
    server.grace = false;
    const other = join(folder, 'two', 'tokens.db');
    const strict = await next(other, server);
    const lost = {end: 'REAUTH_REQUIRED', reauths: 1, refreshes: 1};
    expect(strict).toEqual(rotated && !stored ? lost : kept);
    intact(other);
  },
);
