import type {BatchObservableResult, Meter, Observable} from '@opentelemetry/api';
import type {OpenEpisode} from '../ports.ts';
import type {Policy, PolicyLimits} from '../index.ts';
import {ATTRIBUTE} from './attributes.ts';
import {quiet} from './quiet.ts';
import {SCOPE_KINDS, scopeKind} from './scopes.ts';

const EPISODE_SCOPES = ['permission', 'vehicle', 'user'] as const;

/** One that is observed. An object of its own each time, so that none ends the observation of another. */
interface Observed {
  readonly policy: Policy;
}

/** All that are observed by one meter: an observable keeps one value for each set of attributes, whoever observes it. */
const observed = new WeakMap<Meter, Set<Observed>>();

/**
 * What is so at the moment that it is asked for: once in each collection. Returns what ends it; then nothing is shut, waits
 * or is open, since the SDK repeats for ever what it was told last.
 */
export function observeStates(meter: Meter, policy: Policy): () => void {
  const all = observed.get(meter) ?? observedBy(meter);
  const one = {policy};
  all.add(one);
  return () => void all.delete(one);
}

function observedBy(meter: Meter): Set<Observed> {
  const gauge = (name: string, unit: string, description: string): Observable =>
    meter.createObservableGauge(`smartcar_policy.${name}`, {unit, description});
  const closed = gauge('gate.closed', '{gate}', 'Gates that are shut, by what they are about.');
  const waiting = gauge('call.waiting', '{call}', 'Calls that wait for a place, by what they wait for.');
  const budget = gauge('budget.left', '{retry}', 'Retries that the application can afford now.');
  const fullest = gauge(
    'quota.utilization',
    '1',
    'The share of its quota that the fullest vehicle has used.',
  );
  const near = gauge(
    'quota.near',
    '{vehicle}',
    'Vehicles that have used the share of their quota that warns.',
  );
  const episodes = gauge('episode.open', '{episode}', 'Owners who have to come back, by what is lost.');

  const all = new Set<Observed>();
  meter.addBatchObservableCallback(
    result =>
      observeLimits(
        result,
        [...all].flatMap(({policy}) => quiet(() => policy.limits()) ?? []),
      ),
    [closed, waiting, budget, fullest, near],
  );
  meter.addBatchObservableCallback(
    async result => {
      const open = await openEpisodes([...all]);
      if (!open) return;
      for (const scope of EPISODE_SCOPES)
        result.observe(episodes, open.filter(one => one.scope === scope).length, {[ATTRIBUTE.scope]: scope});
    },
    [episodes],
  );
  observed.set(meter, all);
  return all;

  function observeLimits(result: BatchObservableResult, limits: readonly PolicyLimits[]): void {
    const scopes = limits.flatMap(one => [one.application, ...one.scopes]);
    for (const kind of SCOPE_KINDS) {
      const of = scopes.filter(({scope}) => scopeKind(scope) === kind);
      const attributes = {[ATTRIBUTE.scope]: kind};
      const here = of.reduce((sum, one) => sum + one.waiting, 0);
      result.observe(closed, of.filter(({until}) => until !== undefined).length, attributes);
      result.observe(waiting, here, attributes);
    }
    const left = limits.flatMap(({retriesLeft}) => retriesLeft ?? []);
    if (left.length > 0) result.observe(budget, Math.min(...left));
    const quotas = limits.flatMap(({quota}) => quota ?? []);
    if (quotas.length === 0) return;
    result.observe(fullest, Math.max(...quotas.map(one => one.fullest)));
    result.observe(
      near,
      quotas.reduce((sum, one) => sum + one.near, 0),
    );
  }
}

/** Each once, also where several policies share a store. `undefined`: no store could tell, and that is not zero. */
async function openEpisodes(all: readonly Observed[]): Promise<readonly OpenEpisode[] | undefined> {
  const lists = await Promise.all(all.map(({policy}) => policy.reauth.list().catch(() => undefined)));
  const known = lists.filter(list => list !== undefined);
  if (known.length === 0 && all.length > 0) return undefined;
  return [...new Map(known.flat().map(one => [one.episode, one])).values()];
}
