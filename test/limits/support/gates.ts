import {localGates, type ProcessGates} from '../../../src/limits/gates.ts';
import {kindsOf, type Limits} from '../../../src/limits/kinds.ts';
import type {Pass, Peers, Refused} from '../../../src/ports.ts';
import {manualClock, type ManualClock} from '../../../src/testing/manual-clock.ts';

export const never: AbortSignal = new AbortController().signal;

export interface Setup {
  readonly gates: ProcessGates;
  readonly clock: ManualClock;
  /** What the gates said, a line each. */
  readonly log: string[];
}

export interface SetupOptions extends Partial<Limits> {
  readonly waiting?: number;
  /** @default one of its own, that stands at 0 */
  readonly clock?: ManualClock;
  /** Other processes, on the same clock. */
  readonly peers?: Peers | undefined;
}

/** Gates of a policy without options, or with these limits, on a clock that stands at 0. */
export function setup({
  waiting = 10_000,
  clock = manualClock(0),
  peers,
  ...limits
}: SetupOptions = {}): Setup {
  const log: string[] = [];
  const vehicle = limits.vehicle ?? {commands: 1, requests: Infinity, spacingMs: 0};
  const link = peers?.join(
    {
      gate: (change, news) => gates.hear(change, news),
      turnFree: key => gates.turnFree(key),
      episodeOpened: () => undefined,
      episodeOver: () => undefined,
      tokensChanged: () => undefined,
      reread: () => Promise.resolve(),
      lost: () => Promise.resolve(),
    },
    limits.application,
  );
  const gates: ProcessGates = localGates(
    clock,
    {
      closed: (key, until) => log.push(`closed ${key} until ${until}`),
      opened: key => log.push(`opened ${key}`),
      paced: (key, ms) => log.push(`paced ${key} ${ms === undefined ? 'no more' : Math.round(ms)}`),
    },
    {
      kindOf: kindsOf({...limits, vehicle}),
      countsCars: vehicle.requests < Infinity || vehicle.spacingMs > 0,
      mostWaiting: waiting,
      link,
    },
  );
  return {gates, clock, log};
}

/** Asks for a place as a call of middling priority would that may wait for ever. */
export function enter(
  gates: Pick<ProcessGates, 'enter'>,
  key: string,
  signal: AbortSignal = never,
  priority = 5,
): Promise<Pass> {
  return gates.enter(key, {priority, latest: Infinity}, signal).then(pass);
}

/** A place; throws where there is none. */
function pass(entry: Pass | Refused): Pass {
  if ('refused' in entry) throw new Error(`refused: ${entry.refused}`);
  return entry;
}
