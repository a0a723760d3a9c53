import type {Decision} from '../core/decide.ts';
import type {Closing, GateKey, Pass} from '../ports.ts';
import {gateKeyOf, type Call} from './call.ts';
import type {Engine} from './engine.ts';

/** Shuts the gate that a decision names, if it names one. Returns its key. */
export function shut(
  engine: Engine,
  call: Call,
  decision: Decision,
  passes: readonly Pass[],
): GateKey | undefined {
  const {gate} = decision;
  if (!gate) return undefined;
  const key = gateKeyOf(call, gate.scope);
  if (key !== undefined) engine.gates.close(key, closingOf(decision, gate.until), passes);
  return key;
}

/** Where a limit of calls was met, those that follow are sent apart. */
function closingOf({failure, reason}: Decision, until: number): Closing {
  const {type, code, status, retryAfterMs} = failure;
  const limit = type === 'RATE_LIMIT' || status === 429 || (type === 'UPSTREAM' && code === 'RATE_LIMIT');
  return {until, reason, limit, ...(retryAfterMs !== undefined && {toldMs: retryAfterMs})};
}
