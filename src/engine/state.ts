import type {CallState} from '../core/decide.ts';
import type {Pass} from '../ports.ts';
import {gateKeyOf, type Call} from './call.ts';
import type {Engine} from './engine.ts';

/** The deadline is kept by the monotonic clock and decided about in wall-clock time. */
export function stateOf({clock, budget, quota}: Engine, call: Call, passes: readonly Pass[]): CallState {
  const {deadline} = call;
  const periodEndsAt = quota?.endsAt();
  return {
    ...call,
    affordable: budget?.affordable ?? true,
    failedProbes: scope => passes.find(pass => pass.key === gateKeyOf(call, scope))?.failedProbes ?? 0,
    ...(periodEndsAt !== undefined && {periodEndsAt}),
    ...(deadline !== undefined && {deadlineAt: clock.now() + (deadline - clock.monotonic())}),
  };
}
