import type {Clock, Gates, Outages, Pass} from '../ports.ts';

export interface OutageOptions {
  readonly clock: Required<Pick<Clock, 'now' | 'monotonic'>>;
  readonly gates: Pick<Gates, 'close'>;
  /** What the user's own records say of a car. */
  readonly makeOf?: ((vehicle: string) => string | undefined) | undefined;
  /** So many cars of a make have to fail. */
  readonly vehicles: number;
  /** And so large a share of its calls. */
  readonly share: number;
  /** Within this time. */
  readonly windowMs: number;
  /** How long its reads are held back at first; twice as long after each sample that fails. */
  readonly pauseMs: number;
}

/** What came back from cars of one make in half a window. */
interface Tally {
  answered: number;
  failed: number;
  /** Cars that failed; no more than it takes to tell. */
  readonly cars: Set<string>;
}

/** A window is two halves: the older one goes when the younger is full. */
interface Window {
  /** The beginning of the younger one. */
  since: number;
  old: Tally;
  young: Tally;
}

/** Cars whose make an answer has told; the oldest goes first. */
const MOST_LEARNED = 10_000;
const MOST_DOUBLINGS = 6;

const emptyTally = (): Tally => ({answered: 0, failed: 0, cars: new Set()});

/**
 * A breaker for makers. A failure of the maker (`UPSTREAM`) is one car's bad luck until many cars of the make meet it: then
 * the gate of the make closes for reads, lets single samples through after a while, and opens wider as they succeed.
 */
export function makerOutages(options: OutageOptions): Outages {
  const {clock, gates, vehicles, share, windowMs, pauseMs} = options;
  const windows = new Map<string, Window>();
  const learned = new Map<string, string>();

  function windowOf(make: string): Window {
    const now = clock.monotonic();
    const window = windows.get(make) ?? {since: now, old: emptyTally(), young: emptyTally()};
    windows.set(make, window);
    const age = now - window.since;
    if (age >= windowMs / 2) {
      window.old = age < windowMs ? window.young : emptyTally();
      window.young = emptyTally();
      window.since = now;
    }
    return window;
  }

  function isOut({old, young}: Window): boolean {
    const failed = old.failed + young.failed;
    const cars = new Set([...old.cars, ...young.cars]).size;
    return cars >= vehicles && failed >= share * (failed + old.answered + young.answered);
  }

  function shut(make: string, probes: number, passes: readonly Pass[]): void {
    const until = clock.now() + pauseMs * 2 ** Math.min(probes, MOST_DOUBLINGS);
    gates.close(`make:${make}`, {until, reason: 'maker-outage'}, passes);
    windows.delete(make);
  }

  /** A breaker breaks no call, whatever the user's records do. */
  function toldOf(vehicle: string): string | undefined {
    try {
      return options.makeOf?.(vehicle);
    } catch {
      return undefined;
    }
  }

  function learn(vehicle: string, body: unknown): void {
    const make = makeIn(body);
    if (make === undefined) return;
    learned.set(vehicle, make);
    if (learned.size > MOST_LEARNED) learned.delete(learned.keys().next().value ?? vehicle);
  }

  return {
    makeOf(vehicle, given) {
      const make = given ?? (vehicle === undefined ? undefined : (toldOf(vehicle) ?? learned.get(vehicle)));
      return typeof make === 'string' && make !== '' ? make.toLowerCase() : undefined;
    },
    answered({make, vehicle, operation}, answer) {
      if (make !== undefined) windowOf(make).young.answered += 1;
      const tells = vehicle !== undefined && operation === 'GET /vehicles/{id}' && !learned.has(vehicle);
      if (!tells || !(answer instanceof Response) || answer.bodyUsed) return;
      answer
        .clone()
        .json()
        .then(
          body => learn(vehicle, body),
          () => undefined,
        );
    },
    failed({make, vehicle = ''}, {type, code}, passes) {
      if (make === undefined) return;
      const window = windowOf(make);
      const tally = window.young;
      if (type !== 'UPSTREAM' || code === 'RATE_LIMIT') {
        // The maker's side has answered, or was not asked at all.
        tally.answered += 1;
        return;
      }
      tally.failed += 1;
      if (tally.cars.size < vehicles) tally.cars.add(vehicle);
      const probes = passes.find(pass => pass.key === `make:${make}`)?.failedProbes ?? 0;
      if (probes > 0 || isOut(window)) shut(make, probes, passes);
    },
  };
}

/** v2 says it flat, v3 among the attributes. */
function makeIn(body: unknown): string | undefined {
  const {make, data} = (body ?? {}) as {make?: unknown; data?: {attributes?: {make?: unknown}} | null};
  const told = make ?? data?.attributes?.make;
  return typeof told === 'string' ? told : undefined;
}
