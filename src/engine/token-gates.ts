import type {BackoffTable} from '../core/backoff.ts';
import {decide, FRESH_CALL} from '../core/decide.ts';
import type {Clock, GateKey, Gates} from '../ports.ts';
import type {TokenFailure} from './token-failure.ts';

/** Gates of the token endpoint: of the one pair that could not be renewed, and of everybody. */
export function tokenGateKeys(storeKey: string): readonly [own: GateKey, everybody: GateKey] {
  return [`token:${storeKey}`, 'token:*'];
}

/** The gates of the token endpoint, for renewals that no call waits for. */
export interface TokenGates {
  /** Whether the pair under a key may be asked for now. */
  readonly areOpen: (storeKey: string) => boolean;
  /** A renewal has failed, and no call is left that could shut the gate. */
  readonly unheard: (storeKey: string, failed: TokenFailure) => void;
}

export interface TokenGatesParts {
  readonly gates: Gates;
  readonly backoff: BackoffTable;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: () => number;
}

export function tokenGates(parts: () => TokenGatesParts): TokenGates {
  return {
    areOpen: storeKey => parts().gates.shut(tokenGateKeys(storeKey)) === undefined,
    unheard(storeKey, {evidence}) {
      const {gates, backoff, clock, random} = parts();
      const decision = decide(evidence, FRESH_CALL, backoff, {now: clock.now(), dice: random()});
      const {gate, failure, reason} = decision;
      // What was told holds for all, whoever was told it; what is a guess of ours waits for a call.
      if (!gate || failure.retryAfterMs === undefined) return;
      const [own, everybody] = tokenGateKeys(storeKey);
      gates.close(gate.scope === 'application' ? everybody : own, {until: gate.until, reason}, []);
    },
  };
}
