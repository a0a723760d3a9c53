import {randomUUID} from 'node:crypto';
import type {AuthMethod, Clock, Finding, Origins, Place} from '../ports.ts';
import {connectLink, type LinkSettings} from './link.ts';
import {readState, sessionMark, signState, unprovedState} from './state.ts';

/** What a link is for, besides its place. */
export interface Errand {
  readonly episode?: string;
  readonly finding?: Finding;
  /** The browser's session: the redirect is accepted from this one alone. */
  readonly session?: string;
}

/** Makes the link for a user and car; `undefined` where `connect` does not say enough. */
export type Links = (place: Place, errand?: Errand) => string | undefined;

/** What `createPolicy` knows about links. */
export interface LinkOptions extends Omit<LinkSettings, 'connectOrigin' | 'clientId'> {
  readonly auth?: AuthMethod;
  /** Signs the `state`. */
  readonly key: string;
  /** How long an owner may take to follow a link, in milliseconds. */
  readonly linkLifeMs: number;
}

/**
 * The same link with a state of its own, once half of the old one's life is over: an episode lives longer than its first
 * link.
 */
export function renewing(
  key: string,
  clock: Pick<Clock, 'now'>,
  linkLifeMs: number,
): (link: string) => string {
  return link => {
    const url = new URL(link);
    const text = url.searchParams.get('state') ?? '';
    const signed = readState(text, key);
    const now = clock.now();
    if (signed && signed.expiresAt - now > linkLifeMs / 2) return link;
    // It comes from the store, not from a browser: signed with the key of then, perhaps.
    const state = signed ?? unprovedState(text);
    if (!state) return link;
    const fresh = {...state, nonce: randomUUID(), expiresAt: Math.round(now + linkLifeMs)};
    url.searchParams.set('state', signState(fresh, key));
    return url.href;
  };
}

export function linksOf(options: LinkOptions, origins: Origins, clock: Pick<Clock, 'now'>): Links {
  const {auth, key, linkLifeMs, scope, mode, applicationId, redirectUri = auth?.redirectUri} = options;
  const settings: LinkSettings = {
    connectOrigin: origins.connect,
    ...(auth?.version === '2' && {clientId: auth.clientId}),
    ...(applicationId !== undefined && {applicationId}),
    ...(redirectUri !== undefined && {redirectUri}),
    ...(scope && {scope}),
    ...(mode && {mode}),
  };
  return (place, {episode, finding, session} = {}) => {
    const {user} = place;
    // A grant that is gone concerns no single car: whichever the owner brings is welcome.
    const vehicle = finding?.scope === 'user' ? undefined : place.vehicle;
    const known = {
      user,
      ...(vehicle !== undefined && {vehicle}),
      ...(episode !== undefined && {episode}),
      ...(session !== undefined && {session: sessionMark(session, key)}),
      nonce: randomUUID(),
      expiresAt: Math.round(clock.now() + linkLifeMs),
    };
    return connectLink(
      settings,
      place,
      expects => signState({...known, ...(expects && {expects})}, key),
      finding,
    );
  };
}
