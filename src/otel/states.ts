import type {BatchObservableResult, Meter, Observable} from '@opentelemetry/api';
import type {Policy} from '../index.ts';
import {ATTRIBUTE} from './attributes.ts';
import {quiet} from './quiet.ts';
import {SCOPE_KINDS, scopeKind} from './scopes.ts';

const EPISODE_SCOPES = ['permission', 'vehicle', 'user'] as const;

/** What is so at the moment that it is asked for: once in each collection. Returns what ends it. */
export function observeStates(meter: Meter, policy: Policy): () => void {
  const gauge = (name: string, unit: string, description: string): Observable =>
    meter.createObservableGauge(`smartcar_policy.${name}`, {unit, description});
  const closed = gauge('gates.closed', '{gate}', 'Gates that are shut, by what they are about.');
  const waiting = gauge('calls.waiting', '{call}', 'Calls that wait for a place, by what they wait for.');
  const budget = gauge('budget.left', '{retry}', 'Retries that the application can afford now.');
  const episodes = gauge('episodes.open', '{episode}', 'Owners who have to come back, by what is lost.');

  const limits = (result: BatchObservableResult): void => {
    const now = quiet(() => policy.limits());
    if (!now) return;
    const all = [now.application, ...now.scopes];
    for (const kind of SCOPE_KINDS) {
      const of = all.filter(({scope}) => scopeKind(scope) === kind);
      const attributes = {[ATTRIBUTE.scope]: kind};
      result.observe(closed, of.filter(({until}) => until !== undefined).length, attributes);
      result.observe(
        waiting,
        of.reduce((sum, one) => sum + one.waiting, 0),
        attributes,
      );
    }
    if (now.retriesLeft !== undefined) result.observe(budget, now.retriesLeft);
  };
  const away = async (result: BatchObservableResult): Promise<void> => {
    // A store that is away says nothing, and that is not zero.
    const open = await policy.reauth.list().catch(() => undefined);
    if (!open) return;
    for (const scope of EPISODE_SCOPES)
      result.observe(episodes, open.filter(one => one.scope === scope).length, {[ATTRIBUTE.scope]: scope});
  };
  const observed = [closed, waiting, budget];
  meter.addBatchObservableCallback(limits, observed);
  meter.addBatchObservableCallback(away, [episodes]);
  return () => {
    quiet(() => meter.removeBatchObservableCallback(limits, observed));
    quiet(() => meter.removeBatchObservableCallback(away, [episodes]));
  };
}
