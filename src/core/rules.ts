import type {Case, Circumstances} from './classify.ts';
import type {Row} from './catalogue/row.ts';
import type {Evidence} from './evidence/evidence.ts';
import type {Action, Effect, Failure, Needs, Pace} from './failure.ts';
import type {Reason} from './reasons.ts';

/** What a failure calls for in itself, before the limits of the call are asked. */
export interface Ruling {
  readonly action: Action;
  readonly reason: Reason;
  readonly needs: Needs;
  readonly ifPersists?: Needs;
  readonly pace?: Pace;
}

type Rule = (subject: Case, circumstances: Circumstances) => Ruling | undefined;

/** The first rule that answers wins. Never the status first: 500 can be permanent, and 501 can ask for the owner. */
const RULES: readonly Rule[] = [knownTrap, serversResolution, catalogue];

export function rule(subject: Case, circumstances: Circumstances): Ruling {
  for (const ask of RULES) {
    const answer = ask(subject, circumstances);
    if (answer) return answer;
  }
  return {action: 'fail', reason: 'unrecognised', needs: 'developer'};
}

const fail = (reason: Reason, needs: Needs): Ruling => ({action: 'fail', reason, needs});

/** Rule 0: where `resolution` itself misleads. */
function knownTrap({failure, row}: Case, {request}: Circumstances): Ruling | undefined {
  if (failure.status === 430 || failure.type === 'BILLING') return fail('billing', payer(failure, row));
  if (failure.code === 'SIGNAL_NOT_FOUND') return fail('signal-not-found', 'developer');
  if (failure.type === 'PERMISSION' && request?.makeInCapitals) return fail('make-in-capitals', 'developer');
  // Older token endpoints answer a spent token with invalid_request and name it in the prose (node-sdk#37).
  if (row?.api === 'oauth-v2' && row.type === 'invalid_request' && namesSpentGrant(failure.description)) {
    return {action: 'reauthenticate', reason: 'grant-dead', needs: 'owner'};
  }
  return undefined;
}

function payer({resolution}: Failure, row: Row | undefined): Needs {
  if (resolution?.type === 'FINANCE') return 'finance';
  return row?.status === 430 ? row.needs : 'support';
}

function namesSpentGrant(description = ''): boolean {
  return /invalid (or expired )?(code|refresh[_ ]?token|token)\b|\b(refresh[_ ]?token|code)\b.*\b(invalid|expired)/i.test(
    description,
  );
}

/** Rule 1: what the server says to do. An open set: an unknown value is never repeated. */
function serversResolution({failure, row}: Case): Ruling | undefined {
  const said = failure.resolution?.type;
  if (said === undefined || said === null) return undefined;
  switch (said) {
    case 'RETRY_LATER':
      return {
        action: 'retry',
        reason: 'server-says-retry',
        needs: 'nobody',
        ifPersists: row?.ifPersists ?? 'support',
        pace: row?.pace ?? 'backoff',
      };
    case 'REAUTHENTICATE':
      return {action: 'reauthenticate', reason: 'server-says-reauthenticate', needs: 'owner'};
    case 'CONTACT_SUPPORT':
      return fail('server-says-support', 'support');
    case 'FINANCE':
      return fail('server-says-finance', 'finance');
    case 'ACTION_REQUIRED':
    case 'USER_ACTION_REQUIRED':
      return fail('server-says-owner-action', 'owner');
    default:
      return fail('resolution-unknown', 'developer');
  }
}

/** Rules 2 and 3: the row of the type and code, of the type, or of the status alone. */
function catalogue({row, evidence}: Case, {tokenWasFresh}: Circumstances): Ruling | undefined {
  if (!row) return undefined;
  if (row.action === 'refresh' && tokenWasFresh) return fail('token-rejected', row.ifPersists ?? 'developer');
  const {action, needs, ifPersists, pace} = row;
  const reason = reasonOf(row, evidence);
  return {action, reason, needs, ...(ifPersists && {ifPersists}), ...(pace && {pace})};
}

function reasonOf(row: Row, evidence: Evidence): Reason {
  switch (row.action) {
    case 'refresh':
      return 'token-expired';
    case 'reauthenticate':
      return row.type === 'invalid_grant' ? 'grant-dead' : 'owner-has-to-connect';
    case 'retry':
      return retryReason(row, evidence);
    case 'fail':
      return failReason(row.api, row.status, row.needs, row.type);
  }
}

/** v2 and v1 call the state of a car by these names. */
const STATES: ReadonlySet<string> = new Set(['VEHICLE_STATE', 'vehicle_state_error']);

function retryReason({effect, type}: Row, {api, code}: Evidence): Reason {
  // Whatever a second request would do: the first may have been read.
  if (code === 'TimeoutError') return 'timed-out';
  if (api === 'network') return networkReason(code, effect);
  if (type === null) return 'transient-status';
  return STATES.has(type) ? 'passes-by-itself' : 'known-to-pass';
}

function networkReason(code: string | undefined, effect: Effect): Reason {
  if (effect === 'none') return 'connection-never-made';
  return code?.endsWith('TIMEOUT') ? 'timed-out' : 'connection-lost';
}

function failReason(api: string, status: number | null, needs: Needs, type: string | null): Reason {
  if (api === 'connect') return 'connect-refused';
  if (type === 'invalid_client') return 'credentials-rejected';
  if (type === null) return 'permanent-status';
  if (status === 501 || type === 'COMPATIBILITY') return 'not-capable';
  if (needs === 'nobody') return 'goal-reached';
  return needs === 'owner' ? 'owner-has-to-act' : 'request-invalid';
}
