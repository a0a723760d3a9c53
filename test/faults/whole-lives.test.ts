import * as fc from 'fast-check';
import {expect, test} from 'vitest';
import {applicationToken} from '../../src/auth/application-token.ts';
import {userTokens} from '../../src/auth/user-tokens.ts';
import {PolicyError} from '../../src/core/policy-error.ts';
import type {CallContext} from '../../src/engine/call.ts';
import {createPolicy, type Policy} from '../../src/policy.ts';
import {memoryStore} from '../../src/stores/memory-store.ts';
import {manualClock, type ManualClock} from '../../src/testing/manual-clock.ts';
import {FACTOR} from './support/factor.ts';
import {story, type Life, type Story, type Turn} from './support/fate.ts';
import {ATTEMPT_TIMEOUT_MS, FakeSmartcar} from './support/smartcar.ts';

const RUNS = 150 * FACTOR;
const A_DAY = 86_400_000;
const USERS = ['ada', 'bob'] as const;
const CREDENTIALS = {clientId: 'client', clientSecret: 'secret-of-the-client'};

const BASE = {2: 'https://api.smartcar.com/v2.0', 3: 'https://vehicle.api.smartcar.com/v3'} as const;

/** One world: a clock, a Smartcar, a store, and the policies that follow one another on it. */
class Play {
  readonly clock: ManualClock = manualClock();
  readonly smartcar: FakeSmartcar;
  readonly ends = new Map<number, number>();
  readonly attempted = new Set<number>();
  readonly #store = memoryStore();
  readonly #version: '2' | '3';
  readonly #dice: number;
  policy: Policy;
  #era = 0;
  #gone: Promise<void> = Promise.resolve();

  constructor(version: '2' | '3', {answers, dice}: Story) {
    this.smartcar = new FakeSmartcar(this.clock, version, answers);
    this.#version = version;
    this.#dice = dice;
    this.policy = this.#opened();
  }

  #opened(): Policy {
    const policy = createPolicy({
      clock: this.clock,
      auth: this.#version === '2' ? userTokens(CREDENTIALS) : applicationToken(CREDENTIALS),
      store: this.#store,
      fetch: this.smartcar.fetchOf(this.#era),
      random: () => this.#dice,
      attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    });
    const note = ({call}: {readonly call: number}): void => {
      this.ends.set(call, (this.ends.get(call) ?? 0) + 1);
    };
    policy.on('success', note).on('fail', note);
    policy.on('attempt', ({call}) => {
      if (this.ends.has(call)) this.smartcar.wrongs.push('an attempt after the end');
      this.attempted.add(call);
    });
    return policy;
  }

  /** Another process takes over the store when the first one has ended. */
  async #restart(): Promise<void> {
    const old = this.policy;
    const gone = this.#gone.then(() => old.close());
    this.#gone = gone;
    await gone;
    if (this.policy !== old) return;
    this.#era += 1;
    this.policy = this.#opened();
  }

  async #comesBack(user: string): Promise<void> {
    this.smartcar.revoked.delete(user);
    const {policy} = this;
    try {
      if (this.#version === '2') await policy.tokens.save(user, this.smartcar.grant(user));
      else await policy.reauth.resolve(user);
    } catch (error) {
      if (!PolicyError.is(error)) throw error;
    }
  }

  async turn({at, what, user}: Turn): Promise<void> {
    await this.clock.sleep(at);
    if (what === 'restart') await this.#restart();
    else if (what === 'dayOn') this.clock.set(this.clock.now() + A_DAY);
    else if (what === 'dayBack') this.clock.set(this.clock.now() - A_DAY);
    else if (what === 'revoke') this.smartcar.revoked.add(user);
    else await this.#comesBack(user);
  }

  send(life: Life, call: string, signal: AbortSignal): Promise<unknown> {
    const {user, car, command, door, maxWaitMs, deadlineMs, waitForReauthMs, priority, named} = life;
    const version = Number(this.#version) as 2 | 3;
    const path = version === 3 ? (command ? 'commands/lock' : 'signals') : command ? 'security' : 'odometer';
    const url = `${BASE[version]}/vehicles/${user}-${car}/${path}`;
    const method = command ? 'POST' : 'GET';
    const context: CallContext = {user, maxWaitMs, ...present({deadlineMs, waitForReauthMs, priority})};
    // A command is always told from others; reads without a name of their own are shared.
    const headers: Record<string, string> = command || named || door === 'run' ? {'x-call': call} : {};
    const {policy} = this;
    if (door === 'fetch')
      return policy
        .fetch(context)(url, {method, headers, signal, policy: {}})
        .then(response => response.status);
    const fetch = this.smartcar.fetchOf(this.#era);
    return policy.run(
      async attempt => {
        const init = {method, headers: {...headers, ...attempt.headers}, signal: attempt.signal};
        return fetch(url, init);
      },
      {...context, vehicle: `${user}-${car}`, operation: path, idempotent: !command, signal},
    );
  }

  async live(life: Life, index: number): Promise<void> {
    const {clock, smartcar} = this;
    const {startsAt, abortsAfter, deadlineMs = Infinity, fates} = life;
    smartcar.meets(`${index}`, fates);
    await clock.sleep(startsAt);
    const controller = new AbortController();
    const reason = new Error('the caller left');
    const cancel =
      abortsAfter === undefined ? undefined : clock.timer(abortsAfter, () => controller.abort(reason));
    const began = clock.monotonic();
    let settled = 0;
    const end: unknown = await this.send(life, `${index}`, controller.signal).then(
      value => (settled++, value),
      (error: unknown) => (settled++, error),
    );
    cancel?.();
    const tookMs = clock.monotonic() - began;
    if (settled !== 1) smartcar.wrongs.push('a call ended twice');
    if (tookMs > (abortsAfter ?? Infinity)) smartcar.wrongs.push('a call outlived its abort');
    if (tookMs > deadlineMs) smartcar.wrongs.push('a call outlived its deadline');
    if (controller.signal.aborted && end !== reason)
      smartcar.wrongs.push(`an abort came out as ${String(end)}`);
    const ofItsOwn = end instanceof TypeError || (end instanceof Error && end.name === 'TimeoutError');
    if (end instanceof Error && end !== reason && !PolicyError.is(end) && !ofItsOwn)
      smartcar.wrongs.push(`ended with ${String(end)}`);
  }

  /** When all is over, nobody holds a place any more, and nothing is under way. */
  async after(): Promise<void> {
    const {clock, smartcar} = this;
    await clock.run(this.#gone);
    await clock.advance(A_DAY);
    smartcar.heals();
    for (const user of USERS) await clock.run(this.#comesBack(user));
    if (this.#version === '3') await this.#reads('ada', 60_000);
    const states = this.policy.limits();
    const held = JSON.stringify(states).match(/"(waiting|inFlight)":[1-9]/);
    if (held) smartcar.wrongs.push(`left behind: ${JSON.stringify(states)}`);
    for (const user of USERS) {
      const status = await this.#reads(user, 0);
      if (status !== 200) smartcar.wrongs.push(`afterwards a call ends with ${String(status)}`);
    }
    await clock.run(this.policy.close());
    if (clock.waiting > 0) smartcar.wrongs.push(`${clock.waiting} timers wait after close()`);
  }

  #reads(user: string, maxWaitMs: number): Promise<unknown> {
    const life = {user, car: 0, command: false, door: 'fetch', maxWaitMs, named: false} as unknown as Life;
    const call = this.send(life, 'last', new AbortController().signal).catch((error: unknown) => error);
    return this.clock.run(call);
  }
}

/** Without what is not there. */
function present<T extends object>(members: T): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}

test.each(['2', '3'] as const)(
  `v%s: ${RUNS} stories of calls, faults, clocks that are set, restarts, owners who leave and return`,
  async version => {
    let calls = 0;
    let sent = 0;
    const property = fc.asyncProperty(story, async given => {
      const play = new Play(version, given);
      const {clock, smartcar} = play;
      if (version === '2')
        for (const user of USERS) await play.policy.tokens.save(user, smartcar.grant(user, 25_000));
      const all = [
        ...given.lives.map((life, index) => play.live(life, index)),
        ...given.turns.map(one => play.turn(one)),
      ];
      await clock.run(Promise.all(all));
      calls += given.lives.length;
      sent += smartcar.sent;
      const {ends} = play;
      await play.after();
      expect(smartcar.wrongs).toEqual([]);
      expect([...ends.values()].every(count => count === 1)).toBe(true);
      expect([...play.attempted].every(call => ends.has(call))).toBe(true);
    });
    await fc.assert(property, {
      numRuns: RUNS,
      interruptAfterTimeLimit: 25_000 * FACTOR,
      markInterruptAsFailure: false,
    });
    if (FACTOR > 1) console.log(`v${version}: ${calls} calls, ${sent} requests`);
  },
  60_000 * FACTOR,
);
