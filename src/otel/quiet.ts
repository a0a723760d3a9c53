import {context, diag, type Context} from '@opentelemetry/api';

/** What a tracer, a meter or a function of yours throws breaks no call: OpenTelemetry's own diagnostics hear of it. */
export function quiet<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    try {
      diag.error('smartcar-policy: telemetry threw', error instanceof Error ? error.message : typeof error);
    } catch {
      // Nobody is left to be told.
    }
    return undefined;
  }
}

/** Runs it in a context. What it throws itself comes out; a context manager that fails is done without. */
export function inContext<T>(within: Context, work: () => T): T {
  let begun = false;
  try {
    return context.with(within, () => {
      begun = true;
      return work();
    });
  } catch (error) {
    if (begun) throw error;
    return work();
  }
}
