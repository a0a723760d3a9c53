import type {FailedPart, Failure, FailureScope, Needs, Reason} from '../index.ts';

/** What a report says of a whole answer and of one part alike. */
export type Told = Omit<FailedPart, 'name' | 'state' | 'status'>;

export function titleOf({type, code, status}: Failure): string {
  const name = [type, code].filter(word => word !== undefined).join(':');
  if (name === '') return status === undefined ? 'An error without a name' : `Status ${status}`;
  // The 200 around the failure of a signal is no status of that failure.
  return status === undefined || status < 400 ? name : `${name}, ${status}`;
}

const ACTORS: Readonly<Record<Needs, string>> = {
  nobody: 'nobody: there is nothing to do',
  owner: 'the owner of the car',
  developer: 'the developer: the call, or what it is made with, has to change',
  support: "Smartcar's support, which the developer has to ask",
  finance: 'whoever pays for Smartcar: the plan or an invoice stands in the way',
};

const OTHER_ACTORS: Partial<Readonly<Record<Reason, string>>> = {
  'outcome-unknown': 'the developer: somebody has to see whether it was carried out',
  unrecognised: 'the developer: somebody has to look at it',
};

export function actorOf({needs, reason, action}: Told): string {
  if (needs === 'nobody' && action === 'retry') return 'nobody: it passes by itself';
  if (needs === 'nobody' && action === 'refresh') return 'nobody: a new token is enough';
  return OTHER_ACTORS[reason] ?? ACTORS[needs];
}

/** The default of the option `maxWaitMs`. */
export const defaultMaxWaitMs = 60_000;

/** Whom a gate keeps back. */
const KEPT_BACK: Partial<Readonly<Record<FailureScope, string>>> = {
  vehicle: 'to this car',
  user: 'for this owner',
  application: 'of the whole application',
};

/** What is parked while an owner has to connect. */
const PARKED: Readonly<Record<FailureScope, string>> = {
  call: '',
  permission: ' that need this permission',
  vehicle: ' to this car',
  user: ' of this owner',
  application: ' of this owner',
};

export function policyOf(told: Told, now: number): string {
  const {action, reason, failure, retryAt} = told;
  if (action === 'retry') return `repeats the call${inTime(retryAt, now)}${gateOf(failure.scope)}`;
  if (action === 'refresh')
    return 'gets a new token, one for all calls that wait for it, and repeats the call';
  if (action === 'fail') {
    return reason === 'outcome-unknown'
      ? 'gives the error back; the command is not sent a second time'
      : 'gives the error back at once; nothing is repeated';
  }
  if (failure.scope === 'call') return 'gives the error back; for one part of an answer nobody is held back';
  return `opens an episode: emits \`reauth\` with a link to Connect where it can make one, and holds calls${PARKED[failure.scope]} back until the owner has connected`;
}

function gateOf(scope: FailureScope): string {
  const whom = KEPT_BACK[scope];
  return whom === undefined ? '' : `; until then no other call ${whom} goes out`;
}

function inTime(retryAt: number | undefined, now: number): string {
  if (retryAt === undefined) return '';
  const waitMs = Math.max(0, retryAt - now);
  const when = ` in ${lasting(waitMs)}`;
  return waitMs > defaultMaxWaitMs
    ? `${when} where \`maxWaitMs\` allows (not by default: the call ends at once, and tells the time)`
    : when;
}

/** The moment as a log has it, from now, and as the owner would write it. */
export function momentOf(at: number, now: number, locale?: string): string | undefined {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return undefined;
  const from = at <= now ? 'now' : `in ${lasting(at - now)}`;
  const local =
    locale === undefined
      ? ''
      : ` (${date.toLocaleString(locale, {dateStyle: 'medium', timeStyle: 'medium'})})`;
  return `${date.toISOString()}, ${from}${local}`;
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
];

/** A duration in words, rounded up: nothing goes early. */
export function lasting(ms: number): string {
  if (ms < 10_000) return `${Math.ceil(ms / 100) / 10} s`;
  const s = Math.ceil(ms / 1_000);
  if (s < 120) return `${s} s`;
  const [unit, size] = UNITS.find(([, least]) => s * 1_000 >= 2 * least) ?? ['min', 60_000];
  return `${Math.ceil((s * 1_000) / size)} ${unit}`;
}
