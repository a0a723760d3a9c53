import {docUrl, lookUp, type Row} from './catalogue/catalogue.ts';
import type {RequestFacts} from './endpoints.ts';
import {compact} from './evidence/safe.ts';
import type {Evidence} from './evidence/evidence.ts';
import type {Failure, FailureScope} from './failure.ts';
import {retryAfterMs} from './retry-after.ts';

/** What the call itself adds to the evidence. */
export interface Circumstances {
  /** The car that the call names. */
  readonly vehicle?: string | undefined;
  readonly request?: RequestFacts | undefined;
  /** The token that was refused came from a refresh in this call, or was refused before for the same car. */
  readonly tokenWasFresh?: boolean;
}

/** A failure together with the row that describes it. */
export interface Case {
  readonly evidence: Evidence;
  readonly row?: Row;
  readonly failure: Failure;
  readonly docUrl?: string;
}

/** Gives one piece of evidence its scope and effect. `now` is epoch ms. */
export function classify(evidence: Evidence, circumstances: Circumstances, now: number): Case {
  const row = lookUp(evidence);
  const told = retryAfterMs(evidence.retryAfter, now);
  const failure = compact<Failure>({
    type: evidence.type,
    code: evidence.code,
    status: evidence.status,
    resolution: evidence.resolution,
    requestId: evidence.requestId,
    description: evidence.description,
    suggestedUserMessage: evidence.suggestedUserMessage,
    detail: evidence.detail,
    retryAfterMs: told,
    scope: scopeOf(evidence, row, told, circumstances),
    // Every status from 400 up has a row; what has none may have reached the car.
    effect: row?.effect ?? 'possible',
  });
  return compact<Case>({evidence, row, failure, docUrl: docUrl(evidence)});
}

function scopeOf(
  evidence: Evidence,
  row: Row | undefined,
  told: number | undefined,
  {vehicle}: Circumstances,
): FailureScope {
  // A signal is judged for itself alone; a batch item too, but for the limits it reports.
  if (evidence.api === '3-signal' || (evidence.part && row?.action !== 'retry')) return 'call';
  if (row?.status === 429 && row.type === null && !evidence.api.startsWith('oauth')) {
    return vehicle !== undefined && told !== undefined ? 'vehicle' : 'application';
  }
  return row?.scope ?? 'call';
}
