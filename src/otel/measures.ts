import {metrics, type Meter} from '@opentelemetry/api';
import type {Policy} from '../index.ts';
import {metricsBy, type Metrics} from './metrics.ts';
import {quiet} from './quiet.ts';
import {observeStates} from './states.ts';

/** The metrics of a policy, by the meter of the moment. */
export interface Measures {
  readonly now: () => Metrics;
  /** Observes nothing any more. What is still under way can be counted. */
  readonly end: () => void;
}

/**
 * OpenTelemetry hands a tracer on to a provider that is registered later; a meter it does not. So the meter is looked at
 * again with everything that is counted, and where there is another one the metrics are made anew.
 */
export function measuresBy(meterNow: () => Meter, policy: Policy): Measures {
  const made = (meter: Meter) => ({
    meter,
    metrics: metricsBy(meter),
    unobserve: observeStates(meter, policy),
  });
  let current = made(meterNow());
  let ended = false;
  return {
    now() {
      const meter = quiet(meterNow) ?? current.meter;
      const next = meter === current.meter || ended ? undefined : quiet(() => made(meter));
      if (next) {
        current.unobserve();
        current = next;
      }
      return current.metrics;
    },
    end() {
      ended = true;
      current.unobserve();
    },
  };
}

/** The global provider's meter; the same one until there is another provider. */
export function globalMeter(name: string): () => Meter {
  let provider = metrics.getMeterProvider();
  let meter = provider.getMeter(name);
  return () => {
    const latest = metrics.getMeterProvider();
    if (latest !== provider) {
      meter = latest.getMeter(name);
      provider = latest;
    }
    return meter;
  };
}
