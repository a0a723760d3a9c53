import type {FullClock} from './engine/clock.ts';
import {wrong} from './engine/context.ts';
import type {Engine} from './engine/engine.ts';
import type {Events} from './engine/events.ts';
import {guardedUsage} from './engine/guarded-store.ts';
import {retryBudget} from './limits/budget.ts';
import {localGates, type ProcessGates} from './limits/gates.ts';
import {kindsOf} from './limits/kinds.ts';
import {makerOutages} from './limits/outages.ts';
import {createQuota} from './limits/quota.ts';
import {DEFAULTS, type PolicyOptions} from './options.ts';
import type {Budget, GateState, PeerLink, Quota, QuotaFullness, TokenStore} from './ports.ts';

/** What holds calls back, as the options say. */
export interface Restraints extends Pick<Engine, 'budget' | 'quota' | 'outages'> {
  readonly gates: ProcessGates;
}

export interface RestraintParts {
  readonly clock: FullClock;
  readonly events: Events;
  readonly store: TokenStore;
  readonly link: PeerLink | undefined;
}

/** @throws `PolicyError` with code `CONFIGURATION`: `quota` is set and the store cannot count. */
export function restraintsOf(given: PolicyOptions, {clock, events, store, link}: RestraintParts): Restraints {
  const {limits = {}, budget = {}, quota, outages} = given;
  const vehicle = {...DEFAULTS.vehicle, ...present(limits.vehicle)};
  const gates = localGates(
    clock,
    {
      closed: (scope, until, reason) => events.emit('pause', {scope, until, reason}),
      opened: scope => events.emit('resume', {scope}),
      paced(scope, intervalMs) {
        // What is learned about single cars stands in `limits()`: there are too many of them for an event.
        if (scope !== 'application') return;
        const rate = intervalMs === undefined ? {} : {intervalMs, perMinute: 60_000 / intervalMs};
        events.emit('limit', {scope, ...rate});
      },
    },
    {
      kindOf: kindsOf({application: limits.application, vehicle}),
      countsCars: vehicle.requests < Infinity || vehicle.spacingMs > 0,
      mostWaiting: limits.waiting ?? DEFAULTS.mostWaiting,
      link,
    },
  );
  if (quota && !store.usage) {
    throw wrong('`store`', 'one that counts (its member `usage`), since `quota` is set', store);
  }
  return {
    gates,
    ...(budget !== false && {budget: retryBudget({...DEFAULTS.budget, ...present(budget)})}),
    ...(outages !== undefined &&
      outages !== false && {
        outages: makerOutages({
          clock,
          gates,
          ...DEFAULTS.outages,
          ...(outages === true ? {} : present(outages)),
        }),
      }),
    ...(quota &&
      store.usage && {
        quota: createQuota({
          counts: guardedUsage(store.usage),
          clock,
          ...DEFAULTS.quota,
          ...present(quota),
          warn: warning => events.emit('quota', warning),
          failed: notCounted,
        }),
      }),
  };
}

/** Nobody else hears of it: nothing is lost yet, and the next write brings it along. */
function notCounted(error: unknown): void {
  const said = error instanceof Error ? error.message : String(error);
  process.emitWarning(`Calls could not be counted. ${said}`, {
    type: 'SmartcarPolicyWarning',
    code: 'NOT_COUNTED',
  });
}

/** What holds calls back at this moment. Times are epoch ms, calls are counted in this process. */
export interface PolicyLimits {
  readonly application: GateState;
  /** The other scopes of which anything is known: gates that are shut or opening, cars whose pace was learned. */
  readonly scopes: readonly GateState[];
  /** Retries that the application can afford now; absent where they are not bounded. */
  readonly retriesLeft?: number;
  /** How full the quotas of vehicles are, by what this process has seen; absent where calls are not counted. */
  readonly quota?: QuotaFullness;
}

export function limitsNow({
  gates,
  budget,
  quota,
}: {
  readonly gates: Restraints['gates'];
  readonly budget?: Budget;
  readonly quota?: Quota;
}): PolicyLimits {
  const [application, ...scopes] = gates.list();
  if (!application) throw new Error('the gates have no application');
  return {
    application,
    scopes,
    ...(budget && {retriesLeft: budget.left}),
    ...(quota && {quota: quota.fullness()}),
  };
}

/** Without the members that are `undefined`, which would cover a default. */
function present<T extends object>(options: T | undefined): {[K in keyof T]: Exclude<T[K], undefined>} {
  const entries = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as {[K in keyof T]: Exclude<T[K], undefined>};
}
