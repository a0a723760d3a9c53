import type Bottleneck from 'bottleneck';
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
  readonly inside: Set<Visit>;
  waiting: number;
  passed: boolean;
  /** The waiting room, made when a caller finds all places taken. */
  room: Bottleneck | undefined;
}

/** One caller behind a gate. */
interface Visit {
  /** Gives the place in the waiting room's count back. */
  release: (() => void) | undefined;
}

/** A gate that nobody came to for so long needs no probe any more. */
const FORGOTTEN_MS = 600_000;
const SWEEP_FROM = 1_000;

/**
 * Gates of one process. A gate is shut until its time; then it lets one probe through, and after each success twice
 * as many, until nobody waits any more. A free place is given at once, without a timer; who finds none waits in a
 * Bottleneck limiter, the lowest priority number first.
 */
export function localGates(clock: Required<Pick<Clock, 'now' | 'monotonic'>>, watch: GateWatch): Gates {
  const gates = new Map<GateKey, Gate>();
  const restOf = (gate: Gate): number => Math.max(0, gate.shutUntil - clock.monotonic());

  let sweepAt = SWEEP_FROM;

  /** Each time the number has doubled, so that a gate costs the same however many there are. */
  function sweep(): void {
    if (gates.size < sweepAt) return;
    for (const gate of gates.values()) if (forgotten(gate)) remove(gate);
    sweepAt = Math.max(SWEEP_FROM, gates.size * 2);
  }

  function remove(gate: Gate): void {
    gates.delete(gate.key);
    watch.opened(gate.key);
  }

  /** The gate at a key: the one that stands there, or a new one. */
  function at(key: GateKey, until: number, shutUntil: number): Gate {
    const standing = gates.get(key);
    if (standing) return standing;
    sweep();
    const opening = {places: 1, inside: new Set<Visit>(), waiting: 0, passed: false, room: undefined};
    const gate: Gate = {key, until, shutUntil, ...opening};
    gates.set(key, gate);
    return gate;
  }

  const forgotten = (gate: Gate): boolean =>
    gate.inside.size === 0 && gate.waiting === 0 && clock.monotonic() - gate.shutUntil > FORGOTTEN_MS;

  function resize(gate: Gate, places: number): void {
    gate.places = places;
    gate.room?.updateSettings({maxConcurrent: places});
  }

  function left(gate: Gate, outcome: 'passed' | 'unknown'): void {
    if (gates.get(gate.key) !== gate || restOf(gate) > 0) return;
    if (outcome === 'passed') {
      gate.passed = true;
      resize(gate, gate.places * 2);
    }
    if (gate.passed && gate.inside.size === 0 && gate.waiting === 0) remove(gate);
  }

  function passInto(gate: Gate, visit: Visit): Pass {
    gate.inside.add(visit);
    return {
      key: gate.key,
      leave(outcome) {
        if (!gate.inside.delete(visit)) return;
        left(gate, outcome);
        visit.release?.();
      },
    };
  }

  /** Whoever is inside already takes a place in the room's count, before anybody who waits. */
  function occupy(gate: Gate, room: Bottleneck, visit: Visit): void {
    const stay = (): Promise<void> | undefined =>
      gate.inside.has(visit) ? new Promise(release => (visit.release = release)) : undefined;
    room.schedule({priority: 0}, async () => stay()).catch(() => undefined);
  }

  /** Most policies never see callers compete for a gate: the waiting room is loaded for those that do. */
  async function roomOf(gate: Gate): Promise<Bottleneck> {
    const {default: Room} = await import('bottleneck');
    if (gate.room) return gate.room;
    const room = new Room({maxConcurrent: gate.places, trackDoneStatus: false});
    for (const visit of gate.inside) occupy(gate, room, visit);
    return (gate.room = room);
  }

  /** All who waited have gone: their turns are not worth the room's timers, which would keep the process alive. */
  function clear(gate: Gate): void {
    gate.room?.stop({dropWaitingJobs: true}).catch(() => undefined);
    gate.room = undefined;
  }

  function enterAtOnce(gate: Gate): Pass | undefined {
    if (gate.waiting > 0 || gate.inside.size >= gate.places) return undefined;
    const visit: Visit = {release: undefined};
    const pass = passInto(gate, visit);
    if (gate.room) occupy(gate, gate.room, visit);
    return pass;
  }

  return {
    get any() {
      return gates.size > 0;
    },
    blocking(keys) {
      if (gates.size === 0) return undefined;
      let longest: Blockade | undefined;
      for (const key of keys) {
        const gate = gates.get(key);
        if (!gate) continue;
        if (forgotten(gate)) {
          remove(gate);
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
      if (signal.aborted) return Promise.reject(signal.reason);
      if (!gate || restOf(gate) > 0) return Promise.resolve(undefined);
      const free = enterAtOnce(gate);
      if (free) return Promise.resolve(free);
      gate.waiting += 1;
      return new Promise((resolve, reject) => {
        let waits = true;
        const gone = (): void => {
          if (!waits) return;
          waits = false;
          gate.waiting -= 1;
          reject(signal.reason);
          if (gate.waiting === 0) clear(gate);
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
            if (stillOpening) return resolve(passInto(gate, {release}));
            release();
            resolve(undefined);
          });
        roomOf(gate)
          .then(room => room.schedule({priority}, turn))
          .catch(reject);
      });
    },
  };
}
