import Bottleneck from 'bottleneck';
import type {Blockade, Clock, GateKey, Gates, Pass} from '../ports.ts';

/** Told when a gate closes and when it is open for everybody again. */
export interface GateWatch {
  closed(key: GateKey, until: number, reason: string): void;
  opened(key: GateKey): void;
}

interface Gate {
  readonly key: GateKey;
  /** Epoch ms, for people; the monotonic time is what counts, since a wall clock can be set. */
  until: number;
  shutUntil: number;
  /** How many may be under way behind the gate: one probe, then twice as many after each success. */
  places: number;
  inside: number;
  waiting: number;
  passed: boolean;
  /** The waiting room, made when the first caller comes to the gate after it has opened. */
  room: Bottleneck | undefined;
}

/** A gate that nobody came to for so long needs no probe any more. */
const FORGOTTEN_MS = 600_000;
const SWEEP_FROM = 1_000;

/**
 * Gates of one process. A gate is shut until its time; then it lets one probe through, and after each success twice
 * as many, until nobody waits any more. A Bottleneck limiter is its waiting room: the lowest priority number first.
 */
export function localGates(clock: Required<Pick<Clock, 'now' | 'monotonic'>>, watch: GateWatch): Gates {
  const gates = new Map<GateKey, Gate>();
  const restOf = (gate: Gate): number => Math.max(0, gate.shutUntil - clock.monotonic());

  function sweep(): void {
    if (gates.size < SWEEP_FROM) return;
    for (const gate of gates.values()) if (forgotten(gate)) gates.delete(gate.key);
  }

  /** The gate at a key: the one that stands there, or a new one. */
  function at(key: GateKey, until: number, shutUntil: number): Gate {
    const standing = gates.get(key);
    if (standing) return standing;
    sweep();
    const gate = {key, until, shutUntil, places: 1, inside: 0, waiting: 0, passed: false, room: undefined};
    gates.set(key, gate);
    return gate;
  }

  const forgotten = (gate: Gate): boolean =>
    gate.inside === 0 && gate.waiting === 0 && clock.monotonic() - gate.shutUntil > FORGOTTEN_MS;

  function resize(gate: Gate, places: number): void {
    gate.places = places;
    gate.room?.updateSettings({maxConcurrent: places});
  }

  function left(gate: Gate, outcome: 'passed' | 'unknown'): void {
    gate.inside -= 1;
    if (gates.get(gate.key) !== gate || restOf(gate) > 0) return;
    if (outcome === 'passed') {
      gate.passed = true;
      resize(gate, gate.places * 2);
    }
    if (gate.passed && gate.inside === 0 && gate.waiting === 0) {
      gates.delete(gate.key);
      watch.opened(gate.key);
    }
  }

  function passInto(gate: Gate, release: () => void): Pass {
    gate.inside += 1;
    let here = true;
    return {
      key: gate.key,
      leave(outcome) {
        if (!here) return;
        here = false;
        left(gate, outcome);
        release();
      },
    };
  }

  return {
    blocking(keys) {
      if (gates.size === 0) return undefined;
      let longest: Blockade | undefined;
      for (const key of keys) {
        const gate = gates.get(key);
        if (!gate) continue;
        if (forgotten(gate)) {
          gates.delete(key);
          continue;
        }
        const restMs = restOf(gate);
        if (!longest || restMs > longest.restMs) longest = {key, until: gate.until, restMs};
      }
      return longest;
    },
    close(key, until, reason) {
      const shutUntil = clock.monotonic() + Math.max(0, until - clock.now());
      const gate = at(key, until, shutUntil);
      if (gate.shutUntil > shutUntil) return;
      Object.assign(gate, {until, shutUntil, passed: false});
      resize(gate, 1);
      watch.closed(key, until, reason);
    },
    ease(key) {
      at(key, clock.now(), clock.monotonic());
    },
    enter(key, priority, signal) {
      const gate = gates.get(key);
      if (!gate) return Promise.resolve(undefined);
      const room = (gate.room ??= new Bottleneck({maxConcurrent: gate.places, trackDoneStatus: false}));
      gate.waiting += 1;
      return new Promise((resolve, reject) => {
        let waits = true;
        const gone = (): void => {
          if (!waits) return;
          waits = false;
          gate.waiting -= 1;
          reject(signal.reason);
        };
        signal.addEventListener('abort', gone, {once: true});
        const turn = (): Promise<void> =>
          new Promise(release => {
            // Whoever has gone, or finds the gate shut again, gives the place on at once.
            if (!waits) return release();
            waits = false;
            gate.waiting -= 1;
            signal.removeEventListener('abort', gone);
            const stillOpening = gates.get(key) === gate && restOf(gate) === 0;
            if (stillOpening) return resolve(passInto(gate, release));
            release();
            resolve(undefined);
          });
        room.schedule({priority}, turn).catch(reject);
        if (signal.aborted) gone();
      });
    },
  };
}
