import type {Action, Effect, FailureScope, Needs, Pace} from '../failure.ts';
import type {Api} from '../evidence/evidence.ts';

/** What is known about one error before the server's own resolution is heard. */
export interface Row {
  readonly api: Api;
  readonly type: string | null;
  /** `*` stands for any code that has no row of its own. */
  readonly code: string | null;
  readonly status: number | null;
  readonly action: Action;
  readonly pace?: Pace;
  readonly scope: FailureScope;
  readonly effect: Effect;
  readonly needs: Needs;
  /** Who acts when the retries are spent, or a fresh token is refused. */
  readonly ifPersists?: Needs;
}

export type Verdict = Omit<Row, 'api' | 'type' | 'code' | 'status'>;

export const fail = (needs: Needs, scope: FailureScope = 'call'): Verdict => ({
  action: 'fail',
  scope,
  effect: 'none',
  needs,
});
export const owner = (scope: FailureScope): Verdict => ({
  action: 'reauthenticate',
  scope,
  effect: 'none',
  needs: 'owner',
});
export const refresh = (scope: FailureScope): Verdict => ({
  action: 'refresh',
  scope,
  effect: 'none',
  needs: 'nobody',
  ifPersists: 'developer',
});
export const retry = (
  pace: Pace,
  scope: FailureScope,
  ifPersists: Needs,
  effect: Effect = 'none',
): Verdict => ({
  action: 'retry',
  pace,
  scope,
  effect,
  needs: 'nobody',
  ifPersists,
});

/** Seconds apart; the car may have been reached. */
export const passing: Verdict = retry('backoff', 'call', 'support', 'possible');

export type Codes = string | null | readonly (string | null)[];

export function rows(
  apis: Api | readonly Api[],
  type: string | null,
  codes: Codes,
  status: number | null,
  verdict: Verdict,
): Row[] {
  return [apis]
    .flat()
    .flatMap(api => [codes].flat().map(code => Object.assign({api, type, code, status}, verdict)));
}

export const ACCOUNT = 'CONNECTED_SERVICES_ACCOUNT';
