import {
  acceptCallback,
  type CallbackOptions,
  type ConnectedOwner,
  type Exchanged,
} from './connect/callback.ts';
import {storedEpisodes} from './connect/episodes.ts';
import {linksOf, renewing} from './connect/links.ts';
import {stateKey} from './connect/state.ts';
import type {FullClock} from './engine/clock.ts';
import {wrong} from './engine/context.ts';
import type {Events} from './engine/events.ts';
import {guardedEpisodes, guardedMarks} from './engine/guarded-store.ts';
import {TokenFailure} from './engine/token-failure.ts';
import type {TokenKeeper} from './engine/tokens.ts';
import {named} from './named.ts';
import {DEFAULTS, type PolicyOptions} from './options.ts';
import type {Episodes, Gates, Marks, OpenEpisode, Origins, Tokens, TokenSource, TokenStore} from './ports.ts';
import {memoryEpisodes, memoryMarks} from './stores/memory-records.ts';
import {voiceOf} from './wording.ts';

/** Sends owners to Connect and takes them back. */
export interface Connect {
  /**
   * A link to Connect for an owner; with a vehicle, to log in again to its maker. `session`: any text that only this
   * browser's session knows; the redirect is then accepted with the same one alone.
   *
   * Source: https://smartcar.com/docs/connect/redirect-to-connect
   *
   * @throws `PolicyError` with code `CONFIGURATION`: v2 without `userTokens`, v3 without `connect.applicationId`, or a wrong option.
   */
  url(user: string, options?: {readonly vehicle?: string; readonly session?: string}): string;
  /**
   * Takes Connect's redirect back: checks the `state`, exchanges the code, stores the tokens and ends the episode.
   *
   * Source: https://smartcar.com/docs/errors/connect-errors
   *
   * @throws `PolicyError` with code `CALLBACK`, and why in `error.callback`: nothing was stored, nothing has ended.
   * `CONFIGURATION`: no `Request`, or a wrong option.
   */
  handleCallback(request: Request, options?: CallbackOptions): Promise<ConnectedOwner>;
}

/** What is open, and how it ends by hand. */
export interface Reauth {
  /** The open episodes, with what to tell their owners. */
  list(): Promise<readonly OpenEpisode[]>;
  /**
   * Ends the episodes of a user, of one car where given; parked calls go on. Resolves with how many there were. A
   * dead grant concerns no single car: it ends when tokens are saved, or when no vehicle is named.
   */
  resolve(user: string, vehicle?: string): Promise<number>;
}

export interface OwnerParts {
  readonly origins: Origins;
  readonly clock: FullClock;
  readonly store: TokenStore;
  readonly events: Events;
  readonly gates: Gates;
  readonly fetch: typeof fetch;
  readonly source: TokenSource | undefined;
  readonly tokens: TokenKeeper | undefined;
  /** Waits for this before the store is closed. */
  readonly track: <T>(start: () => Promise<T>) => Promise<T>;
}

/** Everything about owners who have to come back. */
export interface Owners {
  readonly episodes: Episodes;
  readonly marks: Marks;
  readonly connect: Connect;
  readonly reauth: Reauth;
}

export function ownersOf(given: PolicyOptions, parts: OwnerParts): Owners {
  const {origins, clock, store, events, gates, source, tokens, track} = parts;
  const {auth, connect = {}} = given;
  const {stateSecret, linkLifeMs = DEFAULTS.linkLifeMs} = connect;
  const key = stateKey(stateSecret, auth?.secret());
  const renew = renewing(key, clock, linkLifeMs);
  const links = linksOf({...connect, ...(auth && {auth}), key, linkLifeMs}, origins, clock);
  const marks = guardedMarks(store.marks ?? memoryMarks());
  const episodes = storedEpisodes({
    records: guardedEpisodes(store.episodes ?? memoryEpisodes()),
    clock,
    voice: voiceOf(given),
    scope: connect.scope,
    link: (place, episode, finding) => links(place, {episode, finding}),
    renew,
    grantOf: async user => source && (await store.get(source.key(user)))?.generation,
    probeAfterMs: connect.probeAfterMs ?? DEFAULTS.probeAfterMs,
    remindAfterMs: connect.remindAfterMs ?? DEFAULTS.remindAfterMs,
    watch: {
      opened: ({since: _since, ...episode}, userMessage, reminder) =>
        events.emit('reauth', {...episode, userMessage, ...(reminder && {reminder})}),
      over({since: _since, connectUrl: _url, reason: _reason, ...episode}, by, waiting) {
        events.emit('reauth-resolved', {...episode, by});
        // Those who waited for the owner do not start all at once: one goes first.
        if (waiting > 1)
          gates.ease(episode.vehicle === undefined ? `user:${episode.user}` : `vehicle:${episode.vehicle}`);
      },
    },
  });
  // A store that cannot be read now is asked again by the first call.
  episodes.load().catch(() => undefined);

  const redirectUri = connect.redirectUri ?? auth?.redirectUri;
  const callback = {
    key,
    clock,
    marks,
    granted: new Map(),
    exchange: source?.exchange && ((code: string) => exchanged(source, code, redirectUri)),
    carsOf: (pair: Tokens) => carsOf(parts, pair),
    async save(user: string, pair: Tokens): Promise<void> {
      await tokens?.save(user, pair);
    },
    end: (user: string, vehicle: string | undefined) => episodes.end(user, vehicle, 'callback'),
  };
  return {
    episodes,
    marks,
    connect: {
      url(user, options = {}) {
        only(options, ['vehicle', 'session'], 'connect.url()');
        const {vehicle, session} = options;
        const place = {
          user: named(user),
          ...(vehicle !== undefined && {vehicle: named(vehicle, 'the vehicle')}),
        };
        const url = links(place, session === undefined ? {} : {session: named(session, 'the session')});
        if (url !== undefined) return url;
        throw wrong(
          '`connect.applicationId` (v3) or `auth: userTokens(…)` (v2)',
          'given, since a link needs it',
          undefined,
        );
      },
      async handleCallback(request, options = {}) {
        if (!(request instanceof Request)) throw wrong('the redirect', 'a Request', request);
        only(options, ['session', 'user'], 'connect.handleCallback()');
        return track(() => acceptCallback(callback, request, options));
      },
    },
    reauth: {
      list: () => episodes.list(),
      async resolve(user, vehicle) {
        if (vehicle !== undefined) named(vehicle, 'the vehicle');
        return episodes.end(named(user), vehicle, 'resolved');
      },
    },
  };
}

/** A missing cookie must not become a link that any browser may bring back. */
function only(options: object, known: readonly string[], of: string): void {
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) throw wrong(`the options of ${of}`, `only ${known.join(', ')}`, name);
    if (value === undefined) throw wrong(`\`${name}\` of ${of}`, 'a text, or left out', undefined);
  }
}

/** A token endpoint that is down says nothing about the code. */
async function exchanged(source: TokenSource, code: string, redirectUri?: string): Promise<Exchanged> {
  try {
    const pair = await source.exchange?.(code, redirectUri);
    return pair ? {tokens: pair} : {failed: 'there is nothing to exchange', passing: false};
  } catch (error) {
    const failure = new TokenFailure(source.api, error, undefined);
    return {failed: failure.message, passing: failure.passing};
  }
}

/** `undefined` where Smartcar could not be asked. */
async function carsOf({origins, fetch, source}: OwnerParts, pair: Tokens): Promise<string[] | undefined> {
  try {
    const headers = source?.headers(pair.accessToken, undefined) ?? {};
    const response = await fetch(`${origins.api}/v2.0/vehicles?limit=50`, {
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(CARS_TIMEOUT_MS),
    });
    const body: unknown = await response.json();
    const {vehicles} = (body ?? {}) as {vehicles?: unknown};
    if (!response.ok || !Array.isArray(vehicles)) return undefined;
    const {count = vehicles.length} = (body as {paging?: {count?: number}}).paging ?? {};
    // One page of many says nothing about a car that is not on it.
    return count > vehicles.length ? undefined : vehicles.map(String);
  } catch {
    return undefined;
  }
}

/** An owner is waiting in front of a browser. */
const CARS_TIMEOUT_MS = 15_000;
