import type {Simulator} from 'smartcar-policy/simulator';
import type {FleetCalls} from './calls.ts';
import type {Planned} from './plan.ts';
import type {Seen} from './table.ts';

/** What came of all calls, as Redis and Smartcar's own journal have it. */
export interface Audit {
  readonly lines: readonly string[];
  /** What should not be, in words; empty if all is well. */
  readonly problems: readonly string[];
}

interface Parts {
  readonly planned: readonly Planned[];
  readonly calls: FleetCalls;
  readonly simulator: Simulator;
  /** How often each call was reported as done. */
  readonly reports: ReadonlyMap<string, number>;
  readonly seen: Seen;
}

const RESULT_MS = 2_000;

export async function audit(parts: Parts): Promise<Audit> {
  const {planned, simulator, reports, seen} = parts;
  const reads = planned.filter(one => one.kind === 'read');
  const locks = planned.filter(one => one.kind === 'lock');
  const twice = new Set([...reports].filter(([, times]) => times > 1).map(([id]) => id));
  const results = await Promise.all(
    planned.map(async one => {
      const problem = twice.has(one.id) ? `${one.id}: two workers say that it is done` : undefined;
      return problem ?? (await problemWith(one, parts));
    }),
  );
  const problems = results.filter(problem => problem !== undefined);
  const good = (some: readonly Planned[]): number =>
    some.filter(one => results[planned.indexOf(one)] === undefined).length;
  const again = readsAnswered(simulator) - reads.length;
  return {
    problems,
    lines: [
      `${good(reads)} of ${reads.length} reads were answered exactly once, with what their car says.`,
      `${good(locks)} of ${locks.length} commands were carried out exactly once. What had become of ${commandsLookedUp(simulator)} nobody knew: the car was asked.`,
      `Smartcar answered ${again} more ${again === 1 ? 'read' : 'reads'}, of workers that were killed before they could keep the answer.`,
      `Access tokens ended in the middle: ${seen.generations} token pairs were renewed by ${seen.refreshes} refreshes.`,
      `Smartcar got ${seen.requests} requests. It refused ${seen.refused - seen.refusedToAll} for the limit of a car, ${seen.refusedToAll} for that of the application.`,
    ],
  };
}

/** Asks Redis for the result of a call, and the simulator whether it is right. */
async function problemWith(one: Planned, {calls, simulator}: Parts): Promise<string | undefined> {
  const kept = await calls.result(one.id, {timeoutMs: RESULT_MS}).catch((error: unknown) => error);
  if (kept instanceof Error) return `${one.id}: ${kept.message}`;
  if (one.kind === 'lock') {
    const times = simulator.commandCount(one.data.vehicle, 'lock');
    return times === 1 ? undefined : `${one.id}: carried out ${times} times`;
  }
  const {status, body} = kept as {status: number; body?: Readonly<Record<string, unknown>>};
  if (status !== 200) return `${one.id}: answered ${status}`;
  const {odometerKm, batteryLevel} = simulator.vehicle(one.data.vehicle);
  const told = {odometer: body?.['distance'], battery: body?.['percentRemaining'], location: undefined};
  const right = {odometer: odometerKm, battery: batteryLevel, location: undefined};
  const {reading} = one.data;
  return told[reading] === right[reading] ? undefined : `${one.id}: the answer is that of another car`;
}

/** Cars that `verify` has asked; nobody else reads whether a car is locked. */
function commandsLookedUp({journal}: Simulator): number {
  const asked = journal.filter(({method, path}) => method === 'GET' && path.endsWith('/security'));
  return new Set(asked.map(({vehicle}) => vehicle)).size;
}

/** Good answers to what the calls ask. */
function readsAnswered({journal}: Simulator): number {
  const reading = /\/vehicles\/[^/]+\/(odometer|battery|location)$/;
  return journal.filter(({method, path, status}) => method === 'GET' && status === 200 && reading.test(path))
    .length;
}
