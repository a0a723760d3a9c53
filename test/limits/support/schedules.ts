import * as fc from 'fast-check';
import type {ProcessGates} from '../../../src/limits/gates.ts';
import type {Pass} from '../../../src/ports.ts';
import {manualClock, type ManualClock} from '../../../src/testing/manual-clock.ts';
import {setup, type Setup, type SetupOptions} from './gates.ts';
import {Hub, type Delays} from './hub.ts';

/** How an attempt ends. */
interface Scene {
  readonly wireMs: number;
  readonly ends: 'passed' | 'unknown' | 'vehicleLimit' | 'applicationLimit' | 'outage';
  /** What a limit tells; `undefined`: nothing. */
  readonly toldMs: number | undefined;
}

export interface Caller {
  /** Which of the processes it is in. */
  readonly process: number;
  readonly startsAt: number;
  readonly car: string;
  readonly command: boolean;
  readonly priority: number;
  /** So long it may wait. */
  readonly patienceMs: number;
  readonly abortsAfter: number | undefined;
  readonly scenes: readonly Scene[];
}

const scene: fc.Arbitrary<Scene> = fc.record({
  wireMs: fc.constantFrom(0, 1, 50, 300, 2_000),
  ends: fc.constantFrom(
    'passed',
    'passed',
    'passed',
    'unknown',
    'vehicleLimit',
    'applicationLimit',
    'outage',
  ),
  toldMs: fc.constantFrom(undefined, 0, 1, 700, 1_000, 5_000),
});

export const callers: fc.Arbitrary<Caller[]> = fc.array(
  fc.record({
    process: fc.nat(2),
    startsAt: fc.oneof(fc.constant(0), fc.nat(4_000)),
    car: fc.constantFrom('a', 'b', 'c'),
    command: fc.boolean(),
    priority: fc.nat(9),
    patienceMs: fc.constantFrom(Infinity, Infinity, Infinity, 0, 800, 10_000),
    abortsAfter: fc.option(fc.nat(6_000), {nil: undefined, freq: 3}),
    scenes: fc.array(scene, {minLength: 1, maxLength: 3}),
  }),
  {minLength: 1, maxLength: 14},
);

/** So many times in a row a call gives its places back because a gate has shut meanwhile, before something is wrong. */
const MOST_RETURNS = 200;

/** Callers who do with gates what the engine does, and a notary who writes down whatever must never happen. */
export class World {
  readonly wrongs: string[] = [];
  /** When a place was given, by scope. */
  readonly given: Map<string, number[]> = new Map();
  /** How many are under way, by scope: the most there have been. */
  readonly most: Map<string, number> = new Map();
  readonly setups: readonly Setup[];
  readonly clock: ManualClock;
  /** Absent for a process that is alone. */
  readonly hub: Hub | undefined;
  readonly #probes = new Map<string, number>();
  readonly #underWay = new Map<string, number>();
  readonly #shutUntil = new Map<string, number>();

  constructor(options: SetupOptions, processes: number = 1, delays: Delays = {}) {
    this.clock = manualClock(0);
    this.hub = processes > 1 ? new Hub(this.clock, delays) : undefined;
    this.setups = Array.from({length: processes}, () => {
      const {clock, hub} = this;
      return setup({...options, clock, peers: hub?.peers()});
    });
  }

  get keys(): string[] {
    return ['a', 'b', 'c'].flatMap(car => [`commands:${car}`, `vehicle:${car}`]);
  }

  /** Everything that was told is over by then. */
  get lastTold(): number {
    return Math.max(0, ...this.#shutUntil.values());
  }

  /** How it ended: with its last answer, refused, or given up. */
  async live(caller: Caller): Promise<'answered' | 'refused' | 'aborted'> {
    const {clock} = this;
    await clock.sleep(caller.startsAt);
    const controller = new AbortController();
    const {abortsAfter} = caller;
    const cancel =
      abortsAfter === undefined ? undefined : clock.timer(abortsAfter, () => controller.abort('gone'));
    const latest = clock.monotonic() + caller.patienceMs;
    try {
      for (const one of caller.scenes) {
        const passes = await this.#admitted(caller, latest, controller.signal);
        if (passes === 'refused') return 'refused';
        if (one.wireMs > 0) await clock.sleep(one.wireMs);
        if (this.#ended(caller, one, passes)) break;
      }
      return 'answered';
    } catch (error) {
      if (error !== 'gone') throw error;
      return 'aborted';
    } finally {
      cancel?.();
    }
  }

  async #admitted(caller: Caller, latest: number, signal: AbortSignal): Promise<Pass[] | 'refused'> {
    const {clock} = this;
    const gates = this.#gatesOf(caller);
    const keys = keysOf(caller);
    for (let returns = 0; returns < MOST_RETURNS; returns++) {
      const passes: Pass[] = [];
      try {
        for (const key of keys) {
          const priority = returns > 0 ? 0 : caller.priority;
          const entry = gates.enterAtOnce([key]) ?? [
            (await byTurn(gates, key, signal)) ?? (await gates.enter(key, {priority, latest}, signal)),
          ];
          for (const pass of entry) {
            if ('refused' in pass) {
              if (pass.refused === 'too-long' && pass.until <= latest)
                this.wrongs.push(`refused though ${key} opens in time`);
              this.#leave(passes, 'unknown');
              return 'refused';
            }
            passes.push(pass);
            this.#give(key, pass);
          }
        }
      } catch (error) {
        this.#leave(passes, 'unknown');
        throw error;
      }
      if (gates.holds(keys, passes)) {
        for (const key of keys) this.#notBeforeTold(key, 'sent');
        for (const pass of passes) {
          pass.sent();
          this.given.set(pass.key, [...(this.given.get(pass.key) ?? []), clock.now()]);
        }
        return passes;
      }
      this.#leave(passes, 'unknown');
    }
    this.wrongs.push(`${keys.join()} never came to be sent, at ${clock.now()}`);
    return 'refused';
  }

  #gatesOf({process}: Caller): ProcessGates {
    return this.setups[process % this.setups.length]!.gates;
  }

  #give(key: string, pass: Pass): void {
    // Another process may have told of a gate in the very moment between the place and here.
    if (!this.hub) this.#notBeforeTold(key, 'a place was given');
    if (pass.failedProbes > 0) {
      const probes = (this.#probes.get(key) ?? 0) + 1;
      this.#probes.set(key, probes);
      if (probes > 1) this.wrongs.push(`${probes} probes at once in ${key}, at ${this.clock.now()}`);
    }
    const underWay = (this.#underWay.get(key) ?? 0) + 1;
    this.#underWay.set(key, underWay);
    this.most.set(key, Math.max(underWay, this.most.get(key) ?? 0));
  }

  #notBeforeTold(key: string, what: string): void {
    const earlyMs = (this.#shutUntil.get(key) ?? 0) - this.clock.now();
    if (earlyMs > 0) this.wrongs.push(`${what} ${earlyMs} ms before ${key} opened`);
  }

  #leave(passes: readonly Pass[], outcome: 'passed' | 'unknown', limited?: string): void {
    for (const pass of passes) {
      this.#underWay.set(pass.key, (this.#underWay.get(pass.key) ?? 0) - 1);
      if (pass.failedProbes > 0) this.#probes.set(pass.key, (this.#probes.get(pass.key) ?? 0) - 1);
      pass.leave(pass.key === limited ? 'unknown' : outcome);
    }
  }

  /** Whether that was its last attempt. */
  #ended(caller: Caller, {ends, toldMs}: Scene, passes: readonly Pass[]): boolean {
    if (ends === 'passed' || ends === 'unknown') {
      this.#leave(passes, ends);
      return true;
    }
    const key = ends === 'applicationLimit' ? 'application' : `vehicle:${caller.car}`;
    const until = this.clock.now() + (toldMs ?? 1_500);
    const limit = ends !== 'outage';
    const closing = {until, reason: ends, limit, ...(toldMs !== undefined && {toldMs})};
    this.#gatesOf(caller).close(key, closing, passes);
    this.#shutUntil.set(key, Math.max(until, this.#shutUntil.get(key) ?? 0));
    this.#leave(passes, 'passed', key);
    return false;
  }
}

async function byTurn(gates: ProcessGates, key: string, signal: AbortSignal): Promise<Pass | undefined> {
  const pass = await gates.enterByTurn(key);
  if (!signal.aborted) return pass;
  pass?.leave('unknown');
  throw signal.reason;
}

function keysOf({car, command}: Caller): string[] {
  return [...(command ? [`commands:${car}`] : []), `vehicle:${car}`, 'application'];
}
