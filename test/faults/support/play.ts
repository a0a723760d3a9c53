import {applicationToken} from '../../../src/auth/application-token.ts';
import {userTokens} from '../../../src/auth/user-tokens.ts';
import {PolicyError} from '../../../src/core/policy-error.ts';
import type {CallContext} from '../../../src/engine/call.ts';
import {createPolicy, type Policy} from '../../../src/policy.ts';
import {manualClock, type ManualClock} from '../../../src/testing/manual-clock.ts';
import {moodyStore, type MoodyStore} from './moody-store.ts';
import type {Ending, Life, Story, Turn} from './fate.ts';
import {ATTEMPT_TIMEOUT_MS, FakeSmartcar} from './smartcar.ts';

const A_DAY = 86_400_000;
const STARTS_AT = Date.UTC(2026, 0, 1);
const USERS = ['ada', 'bob'] as const;
const CREDENTIALS = {clientId: 'client', clientSecret: 'secret-of-the-client'};

const BASE = {2: 'https://api.smartcar.com/v2.0', 3: 'https://vehicle.api.smartcar.com/v3'} as const;

/** One process: its policy, and what its Smartcar has told it. */
interface Process {
  readonly era: number;
  readonly policy: Policy;
}

/** One world: a clock, a Smartcar, a store, and the processes that share it or follow one another on it. */
export class Play {
  readonly clock: ManualClock = manualClock(STARTS_AT);
  readonly smartcar: FakeSmartcar;
  readonly ends: Map<number, number> = new Map();
  readonly attempted: Set<number> = new Set();
  readonly #moody: MoodyStore;
  readonly #version: '2' | '3';
  readonly #dice: number;
  readonly #processes: Process[] = [];
  #eras = 0;
  #clockWasSet = false;
  #gone: Promise<void> = Promise.resolve();

  constructor(version: '2' | '3', {answers, dice, processes}: Story) {
    this.smartcar = new FakeSmartcar(this.clock, version, answers);
    this.#moody = moodyStore(this.clock, processes > 1);
    this.smartcar.isSafe = token => this.#moody.safe.has(token);
    this.smartcar.isSlow = () => this.#moody.wasSlow;
    this.#version = version;
    this.#dice = dice;
    for (let count = 0; count < processes; count++) this.#processes.push(this.#opened());
  }

  #opened(): Process {
    const era = this.#eras++;
    const {wrongs, told} = this.smartcar;
    const policy = createPolicy({
      clock: this.clock,
      auth: this.#version === '2' ? userTokens(CREDENTIALS) : applicationToken(CREDENTIALS),
      store: this.#moody.store,
      fetch: this.smartcar.fetchOf(era),
      random: () => this.#dice,
      attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    });
    const note = ({call}: {readonly call: number}): void => {
      this.ends.set(call, (this.ends.get(call) ?? 0) + 1);
    };
    policy.on('success', note).on('fail', note);
    told.listen(policy, era);
    let [calls, retries] = [0, 0];
    policy.on('attempt', ({call, attempt}) => {
      if (this.ends.has(call)) wrongs.push('an attempt after the end');
      this.attempted.add(call);
      if (attempt === 1) calls += 1;
    });
    policy.on('decision', ({action, failure: {scope}}) => {
      if (action === 'retry' && scope === 'call' && ++retries > 10 + calls / 10)
        wrongs.push('more retries than the budget has');
    });
    return {era, policy};
  }

  /** Whose calls go through which process. */
  #processOf(user: string): Process {
    return this.#processes[USERS.indexOf(user as 'ada') % this.#processes.length]!;
  }

  /** Another process takes over the store when the first one has ended. */
  async #restart(user: string): Promise<void> {
    // A pair that could not be stored is lost with its process: that is no fault of it.
    this.#moody.mood = 'good';
    const old = this.#processOf(user);
    const gone = this.#gone.then(() => old.policy.close());
    this.#gone = gone;
    await gone;
    const place = this.#processes.indexOf(old);
    if (place !== -1) this.#processes[place] = this.#opened();
  }

  async #comesBack(user: string): Promise<void> {
    this.smartcar.revoked.delete(user);
    const {policy} = this.#processOf(user);
    try {
      if (this.#version === '2') await policy.tokens.save(user, this.smartcar.grant(user));
      else await policy.reauth.resolve(user);
    } catch (error) {
      if (!PolicyError.is(error)) throw error;
    }
  }

  #set(ms: number): void {
    this.#clockWasSet = true;
    this.clock.set(this.clock.now() + ms);
  }

  async turn({at, what, user}: Turn): Promise<void> {
    await this.clock.sleep(at);
    if (what === 'restart') await this.#restart(user);
    else if (what === 'dayOn') this.#set(A_DAY);
    else if (what === 'dayBack') this.#set(-A_DAY);
    else if (what === 'storeFails') this.#moody.mood = 'full';
    else if (what === 'storeSlow') this.#moody.mood = 'slow';
    else if (what === 'storeHeals') this.#moody.mood = 'good';
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
    const {policy, era} = this.#processes[life.process % this.#processes.length]!;
    if (door === 'fetch')
      return policy
        .fetch(context)(url, {method, headers, signal, policy: {}})
        .then(response => response.status);
    const fetch = this.smartcar.fetchOf(era);
    return policy.run(
      async attempt => {
        const init = {method, headers: {...headers, ...attempt.headers}, signal: attempt.signal};
        const response = await fetch(url, init);
        if (response.status === 200) await response.text();
        return response;
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
    const last = life.command ? smartcar.lastOf(`${index}`) : undefined;
    if (isDone(end) && last !== undefined && !GOOD.has(last))
      smartcar.wrongs.push(`${last} came out as done`);
    const ofItsOwn = end instanceof TypeError || (end instanceof Error && end.name === 'TimeoutError');
    if (end instanceof Error && end !== reason && !PolicyError.is(end) && !ofItsOwn)
      smartcar.wrongs.push(`ended with ${String(end)}`);
  }

  /** A pair from Connect for each owner, where owners have pairs. */
  async begin(): Promise<void> {
    if (this.#version === '3') return;
    for (const user of USERS)
      await this.#processOf(user).policy.tokens.save(user, this.smartcar.grant(user, 25_000));
  }

  /** When all is over, nobody holds a place any more, and nothing is under way. */
  async after(): Promise<void> {
    const {clock, smartcar} = this;
    this.#moody.mood = 'good';
    await clock.run(this.#gone);
    await clock.advance(A_DAY);
    smartcar.heals();
    // By a clock that is wrong, tokens that have ended long ago look good.
    clock.set(STARTS_AT + clock.monotonic());
    for (const user of USERS) await clock.run(this.#comesBack(user));
    if (this.#version === '3') await this.#reads('ada', 60_000);
    for (const {policy} of this.#processes) {
      const states = policy.limits();
      const held = JSON.stringify(states).match(/"(waiting|inFlight)":[1-9]/);
      if (held) smartcar.wrongs.push(`left behind: ${JSON.stringify(states)}`);
    }
    for (const user of USERS) {
      const status = await this.#reads(user, 0);
      // A pair that another process had in the meantime counts as fresh, though it looked good for too long.
      const excused = status === 401 && this.#clockWasSet && this.#processes.length > 1;
      if (status !== 200 && !excused) smartcar.wrongs.push(`afterwards a call ends with ${String(status)}`);
    }
    for (const {policy} of this.#processes) await clock.run(policy.close());
    if (clock.waiting > 0) smartcar.wrongs.push(`${clock.waiting} timers wait after close()`);
  }

  #reads(user: string, maxWaitMs: number): Promise<unknown> {
    const life = {...LAST, user, maxWaitMs} as unknown as Life;
    const call = this.send(life, 'last', new AbortController().signal).catch((error: unknown) => error);
    return this.clock.run(call);
  }
}

const LAST = {car: 0, command: false, door: 'fetch', named: false, process: 0};

/** What ends a command well; nobody reads the bodies of successes but `run`'s own caller. */
const GOOD: ReadonlySet<Ending> = new Set(['success', 'accepted', 'brokenSuccess']);
const isDone = (end: unknown): boolean => end === 200 || (end instanceof Response && end.status === 200);

/** Without what is not there. */
function present<T extends object>(members: T): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}
