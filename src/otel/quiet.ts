import {context, diag, type Context} from '@opentelemetry/api';

/**
 * What a tracer, a meter or a function of yours throws breaks no call, and neither does a promise of it that rejects:
 * OpenTelemetry's own diagnostics hear of it.
 */
export function quiet<T>(work: () => T): T | undefined {
  try {
    const value = work();
    if (value instanceof Promise) value.catch(told);
    return value;
  } catch (error) {
    told(error);
    return undefined;
  }
}

function told(error: unknown): void {
  try {
    diag.error('smartcar-policy: telemetry threw', error instanceof Error ? error.message : typeof error);
  } catch {
    // Nobody is left to be told.
  }
}

/** Runs it in a context, once. What it throws itself comes out; a context manager that fails is done without. */
export function inContext<T>(within: Context, work: () => T): T {
  const ended: (() => T)[] = [];
  const once = (): void => void ended.push(outcomeOf(work));
  quiet(() => context.with(within, once));
  if (ended.length === 0) once();
  return ended[0]!();
}

/** Gives what it returned, or throws what it threw. */
function outcomeOf<T>(work: () => T): () => T {
  try {
    const value = work();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
