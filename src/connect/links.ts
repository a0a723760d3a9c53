import {createHmac, randomBytes, randomUUID} from 'node:crypto';
import type {AuthMethod, Clock, Finding, Origins, Place} from '../ports.ts';
import {connectLink, type LinkSettings} from './link.ts';
import {signState} from './state.ts';

/** How long an owner may take to follow a link. */
const LINK_LIFE_MS = 7 * 24 * 3_600_000;

/** Makes the link for a user and car; `undefined` where `connect` does not say enough. */
export type Links = (place: Place, episode?: string, finding?: Finding) => string | undefined;

/** What `createPolicy` knows about links. */
export interface LinkOptions extends Omit<LinkSettings, 'connectOrigin' | 'clientId'> {
  readonly auth?: AuthMethod;
  /** Signs the `state`. @default made from the client secret */
  readonly stateSecret?: string;
}

export function linksOf(options: LinkOptions, origins: Origins, clock: Pick<Clock, 'now'>): Links {
  const {auth, stateSecret, scope, mode, applicationId, redirectUri = auth?.redirectUri} = options;
  const settings: LinkSettings = {
    connectOrigin: origins.connect,
    ...(auth?.version === '2' && {clientId: auth.clientId}),
    ...(applicationId !== undefined && {applicationId}),
    ...(redirectUri !== undefined && {redirectUri}),
    ...(scope && {scope}),
    ...(mode && {mode}),
  };
  const secret = stateSecret ?? (auth ? derived(auth.secret()) : randomBytes(32).toString('base64'));
  return (place, episode, finding) => {
    const {user, vehicle} = place;
    const expiresAt = clock.now() + LINK_LIFE_MS;
    const more = {...(vehicle !== undefined && {vehicle}), ...(episode !== undefined && {episode})};
    return connectLink(
      settings,
      place,
      signState({user, ...more, nonce: randomUUID(), expiresAt}, secret),
      finding,
    );
  };
}

/** A key of its own, so that the client secret itself signs nothing that leaves the house. */
function derived(clientSecret: string): string {
  return createHmac('sha256', clientSecret).update('smartcar-policy connect state').digest('base64');
}
