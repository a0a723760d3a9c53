import {PolicyError} from '../core/policy-error.ts';
import type {TracedWait} from '../ports.ts';
import type {Call} from './call.ts';
import type {Engine} from './engine.ts';

/** Time is up for this wait; not an error that anybody sees. */
export class WaitOver extends Error {}

/**
 * Runs one wait of a call. It ends at once when the caller gives up, the policy is closed, the deadline passes, or
 * after `limitMs` milliseconds (with `WaitOver`). The time is added to what the call has waited.
 */
export async function waiting<T>(
  engine: Engine,
  call: Call,
  what: Omit<TracedWait, 'ms'> | undefined,
  limitMs: number,
  wait: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const {clock, closing} = engine;
  const {signal: caller} = call;
  const controller = new AbortController();
  const onCaller = (): void => controller.abort(caller?.reason);
  const onClosing = (): void => controller.abort(closing.reason);
  if (caller?.aborted) onCaller();
  if (closing.aborted) onClosing();
  caller?.addEventListener('abort', onCaller, {once: true});
  const waits = waitsOf(closing);
  waits.add(onClosing);
  const began = clock.monotonic();
  const untilDeadline = call.deadline === undefined ? Infinity : call.deadline - began;
  const cancels = [
    limitMs < Infinity
      ? clock.timer(Math.max(0, limitMs), () => controller.abort(new WaitOver()))
      : undefined,
    untilDeadline < limitMs
      ? clock.timer(Math.max(0, untilDeadline), () => controller.abort(pastDeadline()))
      : undefined,
  ];
  try {
    return await wait(controller.signal);
  } finally {
    for (const cancel of cancels) cancel?.();
    caller?.removeEventListener('abort', onCaller);
    waits.delete(onClosing);
    const ms = clock.monotonic() - began;
    call.waitedMs += ms;
    if (what) call.trace?.waited({...what, ms});
  }
}

const allWaits = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * What has to end when the policy is closed. One listener for all of them: a signal looks through all that it has
 * before it takes another, which ten thousand waiting calls would feel.
 */
function waitsOf(closing: AbortSignal): Set<() => void> {
  const known = allWaits.get(closing);
  if (known) return known;
  const waits = new Set<() => void>();
  allWaits.set(closing, waits);
  closing.addEventListener('abort', () => waits.forEach(end => end()), {once: true});
  return waits;
}

export function pastDeadline(): PolicyError {
  return new PolicyError('DEADLINE', "The call's deadlineMs has passed.");
}

export function closed(): PolicyError {
  return new PolicyError('CLOSED', 'The policy was closed.');
}
