import type {CallbackProblem} from '../core/callback-problem.ts';
import {plainText} from '../core/plain-text.ts';
import {PolicyError} from '../core/policy-error.ts';
import type {Clock, Marks, Tokens} from '../ports.ts';
import {readState, sameMark, sessionMark, type ConnectState} from './state.ts';

/** From whom a redirect is accepted: with either member, nobody can hand an owner somebody else's link. */
export interface CallbackOptions {
  /** The browser's session: a link that was made for one comes back from it alone. */
  readonly session?: string;
  /** Who is logged in to your product: a link of somebody else is refused. */
  readonly user?: string;
}

/** Who came back from Connect, and with what. */
export interface ConnectedOwner {
  /** The key that the link was made for. */
  readonly user: string;
  /** The car that logged in again, or that the link was about. */
  readonly vehicle?: string;
  /**
   * v3: the `user_id` of the redirect, which is the value of `sc-user-id`. Nobody has signed it: whoever holds the browser can
   * write another's. Make sure that it is this owner's before it is used, by a webhook's `data.user.id` or your own records.
   */
  readonly unverifiedSmartcarUser?: string;
  /** Tesla: where the owner pairs the key without which commands fail. */
  readonly virtualKeyUrl?: string;
}

/** What an exchange brought: a pair, or why there is none. */
export type Exchanged = {readonly tokens: Tokens} | {readonly failed: string; readonly passing: boolean};

/** A pair that is not stored yet, or the code of one that is. */
export interface Granted {
  readonly code?: string;
  readonly tokens?: Tokens;
  readonly saved?: string;
}

export interface CallbackParts {
  /** Signs the `state`. */
  readonly key: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly marks: Marks;
  /** What has come of a code so far, by the nonce of its link: for a redirect that comes again after a failure. */
  readonly granted: Map<string, Granted>;
  /** Exchanges a code; `undefined` where no owner has tokens of their own. Never rejects. */
  readonly exchange: ((code: string) => Promise<Exchanged>) | undefined;
  /** The cars that a token covers; `undefined` when Smartcar could not be asked. */
  readonly carsOf: (tokens: Tokens) => Promise<readonly string[] | undefined>;
  readonly save: (user: string, tokens: Tokens) => Promise<void>;
  /** Ends the episodes of the user, of one car where given. */
  readonly end: (user: string, vehicle: string | undefined) => Promise<unknown>;
}

/**
 * Takes Connect's redirect back. Nothing is stored and nothing is ended before the state has been found good: signed here, not
 * expired, of this session, not spent. Then the pair is stored, and only then the episode ends.
 *
 * @throws `PolicyError` with code `CALLBACK`; `error.callback` says why.
 */
export async function acceptCallback(
  parts: CallbackParts,
  request: Request,
  accepting: CallbackOptions,
): Promise<ConnectedOwner> {
  const query = new URL(request.url).searchParams;
  const state = goodState(parts, query, accepting);
  const {user, nonce, expiresAt} = state;
  const declinedWith = query.get('error');
  // The owner may follow the same link once more.
  if (declinedWith !== null) throw refused(declined(query, declinedWith, user));
  const mark = `state:${nonce}`;
  const now = parts.clock.now();
  const first = await parts.marks.set(mark, Math.min(expiresAt, now + HANDLING_MS), now);
  if (!first) throw refused({why: 'state-spent', user});
  try {
    const vehicle = await settled(parts, state, query);
    await parts.marks.keep(mark, expiresAt);
    parts.granted.delete(nonce);
    const claimed = query.get('user_id');
    const virtualKeyUrl = teslaUrl(query.get('virtual_key_url'));
    return {
      user,
      ...(vehicle !== undefined && {vehicle}),
      ...(claimed !== null && {unverifiedSmartcarUser: claimed}),
      ...(virtualKeyUrl !== undefined && {virtualKeyUrl}),
    };
  } catch (error) {
    // Nothing has come of it: the same link is good once more.
    await parts.marks.clear(mark).catch(() => undefined);
    throw error;
  }
}

/** Longer than all that it waits for. Whoever dies in the middle leaves the owner a link that is good again. */
const HANDLING_MS = 120_000;

function goodState(
  {key, clock}: CallbackParts,
  query: URLSearchParams,
  accepting: CallbackOptions,
): ConnectState {
  const text = query.get('state') ?? '';
  if (text === '') throw refused({why: 'state-missing'});
  const state = readState(text, key);
  if (!state) throw refused({why: 'state-forged'});
  const {user} = state;
  if (state.expiresAt <= clock.now()) throw refused({why: 'state-expired', user});
  if (accepting.user !== undefined && accepting.user !== user) throw refused({why: 'another-user', user});
  const {session} = accepting;
  const bound = state.session !== undefined;
  if (bound && (session === undefined || !sameMark(state.session, sessionMark(session, key))))
    throw refused({why: 'another-session', user});
  return state;
}

/** Does what the redirect is about. Resolves with the car that it was about. */
async function settled(
  parts: CallbackParts,
  state: ConnectState,
  query: URLSearchParams,
): Promise<string | undefined> {
  const {user, vehicle, expects} = state;
  const code = query.get('code');
  const returned = query.get('vehicle_id');
  if (code !== null && expects !== 'vehicle_id' && expects !== 'none') {
    const {nonce} = state;
    if (parts.granted.get(nonce)?.saved !== code) {
      await parts.save(user, await granted(parts, state, code));
      // The pair may be rotated from now on: a redirect that comes again must not bring it back.
      parts.granted.set(nonce, {saved: code});
    }
    await parts.end(user, undefined);
    return vehicle;
  }
  if (returned !== null && (expects === 'vehicle_id' || expects === undefined)) {
    if (vehicle !== undefined && returned !== vehicle) throw refused({why: 'another-vehicle', user});
    await parts.end(user, returned);
    return returned;
  }
  if (expects !== 'none') throw refused({why: 'nothing-granted', user});
  await parts.end(user, vehicle);
  return vehicle;
}

/** The pair behind a code, if it covers the car that the link was about. */
async function granted(
  parts: CallbackParts,
  {user, vehicle, nonce}: ConnectState,
  code: string,
): Promise<Tokens> {
  const exchanged = await exchangedOnce(parts, nonce, code);
  if (!exchanged)
    throw refused({why: 'exchange-failed', user, description: 'no owner has tokens of their own'});
  if ('failed' in exchanged) {
    const why = exchanged.passing ? 'try-again' : 'exchange-failed';
    throw refused({why, user, description: exchanged.failed});
  }
  if (vehicle === undefined) return exchanged.tokens;
  const cars = await parts.carsOf(exchanged.tokens);
  // A grant is not thrown away because nobody could be asked about it.
  if (!cars || cars.includes(vehicle)) return exchanged.tokens;
  parts.granted.delete(nonce);
  throw refused({why: 'another-vehicle', user});
}

/** A code is good once: what it brought is kept until it has been stored. */
async function exchangedOnce(
  {granted: kept, exchange}: CallbackParts,
  nonce: string,
  code: string,
): Promise<Exchanged | undefined> {
  const known = kept.get(nonce);
  if (known?.tokens && known.code === code) return {tokens: known.tokens};
  const exchanged = await exchange?.(code);
  if (exchanged && 'tokens' in exchanged) {
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? nonce);
    kept.set(nonce, {code, tokens: exchanged.tokens});
  }
  return exchanged;
}

const MOST_KEPT = 1_000;

/** A page of Tesla's, and nothing that somebody has put in its place. */
function teslaUrl(text: string | null): string | undefined {
  const url = text === null ? null : URL.parse(text);
  return url?.protocol === 'https:' && /(^|\.)tesla\.com$/.test(url.hostname) ? url.href : undefined;
}

/** What Connect says when it fails. Source: https://smartcar.com/docs/errors/connect-errors/access-denied */
function declined(query: URLSearchParams, why: string, user: string): CallbackProblem {
  const description = query.get('error_message') ?? query.get('error_description');
  const car = ['vin', 'make', 'model', 'year'].flatMap(name => {
    const value = query.get(name);
    return value === null ? [] : [[name, plainText(value).slice(0, LONGEST)] as const];
  });
  return {
    // Connect's words have no hyphens, as ours do.
    why: /^[a-z][a-z_]{1,58}[a-z]$/.test(why) ? why : 'unknown_error',
    user,
    ...(description !== null && {description: plainText(description).slice(0, LONGEST)}),
    ...(car.length > 0 && {car: Object.fromEntries(car)}),
  };
}

const LONGEST = 200;

const SENTENCES: Readonly<Record<string, string>> = {
  'state-missing': 'The redirect has no `state`: it belongs to no link of ours.',
  'state-forged': 'The `state` of the redirect was not signed here.',
  'state-expired': 'The link is too old: make a new one.',
  'state-spent': 'The link has been used already.',
  'another-session': 'The link was made for another session of the browser.',
  'another-user': 'The link was made for another user than the one who is logged in.',
  'another-vehicle': 'The owner came back with another car than the one that the link was for.',
  'nothing-granted': 'The redirect brings neither a code nor the car that it was to bring.',
  'exchange-failed': 'The code was not accepted.',
  'try-again': 'Smartcar could not be asked about the code; the same redirect may be tried again.',
};

function refused(problem: CallbackProblem): PolicyError {
  const {why, description} = problem;
  const said = description === undefined ? '' : ` (${description})`;
  const sentence = Object.hasOwn(SENTENCES, why) ? SENTENCES[why] : `Connect came back with ${why}.`;
  return new PolicyError('CALLBACK', `${sentence}${said}`, {callback: problem});
}
