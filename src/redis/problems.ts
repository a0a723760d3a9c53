import {PolicyError} from '../core/policy-error.ts';

/** When it makes sense to ask again: whoever reconnects is back within seconds. */
const AGAIN_MS = 1_000;

/** Replies of a server that cannot answer now, while another, or the same a little later, can. */
const PASSING = /^(?:READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY)\b/;
/** Of these, those of a server that is no longer the one to ask. */
const ELSEWHERE = /^(?:READONLY|MASTERDOWN)\b/;
/** Replies that say no until somebody changes a setting. */
const REFUSED =
  /^(?:NOAUTH|WRONGPASS|NOPERM|ERR The user executing the script|ERR invalid password|ERR AUTH|ERR Client sent AUTH)\b/;

/** Whether a command that failed with this was not carried out and may go again; and on another connection. */
export function passes({message}: Error): {readonly again: boolean; readonly reconnect: boolean} {
  return {again: PASSING.test(message), reconnect: ELSEWHERE.test(message)};
}

/** What waiting does not mend. */
export function permanent(address: string, {message}: Error): PolicyError | undefined {
  if (!REFUSED.test(message)) return undefined;
  return new PolicyError('CONFIGURATION', `Redis at ${address} refuses this client: ${message}`);
}

const warned = new Set<string>();

/** Where nobody hears of an error, and waiting does not mend it: said once, as a warning of the process. */
export function warnOfRefusal(address: string, what: string, error: unknown): void {
  const refusal = error instanceof Error ? permanent(address, error) : undefined;
  if (!refusal || warned.has(what)) return;
  warned.add(what);
  process.emitWarning(`${refusal.message} Without that, ${what}.`, {
    type: 'SmartcarPolicyWarning',
    code: 'REDIS_REFUSES',
  });
}

/** Redis cannot be reached, or cannot answer: later it may. */
export function away(address: string, error: Error | undefined, timeoutMs: number): PolicyError {
  const why = error ? `: ${said(error)}` : '';
  return new PolicyError('PAUSED', `Redis at ${address} gave no answer within ${timeoutMs} ms${why}.`, {
    retryAt: Date.now() + AGAIN_MS,
  });
}

/** Not the error itself: ioredis hangs the command on it, tokens and all. */
function said({message}: Error): string {
  if (message.startsWith('READONLY')) return 'it is a read-only replica (READONLY)';
  if (/max retries per request|Stream isn't writeable|Connection is closed/.test(message))
    return 'the connection was lost';
  return message.replace(/\.$/, '');
}
