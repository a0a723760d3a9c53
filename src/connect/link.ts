import type {Finding, Place} from '../ports.ts';
import type {ConnectState} from './state.ts';

/** What a link to Connect is made of. */
export interface LinkSettings {
  readonly connectOrigin: string;
  /** v2 links. */
  readonly clientId?: string;
  /** v3 links: not the API client id, though it may look like one. */
  readonly applicationId?: string;
  readonly redirectUri?: string;
  /** The permissions to ask for; without it, those set in Smartcar's dashboard. */
  readonly scope?: readonly string[];
  readonly mode?: 'live' | 'simulated' | 'test';
}

/** Signs the state of a link, with what its redirect has to bring. */
export type Sign = (expects?: ConnectState['expects']) => string;

/**
 * A link that brings the owner through Connect and back; `undefined` where `connect` is not configured.
 *
 * Sources: https://smartcar.com/docs/connect/redirect-to-connect, https://smartcar.com/docs/connect/re-auth/redirect-to-connect
 */
export function connectLink(
  settings: LinkSettings,
  place: Place,
  sign: Sign,
  finding?: Finding,
): string | undefined {
  const given = finding?.failure.resolution?.url;
  if (given !== undefined && finding?.reason === 'server-says-reauthenticate')
    return completed(settings, given, sign());
  if (!settings.clientId && !settings.applicationId) return undefined;
  if (place.vehicle !== undefined && (!finding || LOGIN_AGAIN.has(finding.failure.code ?? ''))) {
    return reauthenticateLink(settings, place, place.vehicle, sign('vehicle_id'));
  }
  const expects = settings.applicationId === undefined ? 'code' : 'none';
  return authorizeLink(settings, place, sign(expects), finding);
}

/** The login at the maker is lost while the grant stays: the short way. All else goes through the whole of Connect. */
const LOGIN_AGAIN = new Set(['AUTHENTICATION_FAILED', 'PLATFORM_NOT_CAPABLE', 'VOA_000']);

/** The server's own link lacks what brings the owner back to us. */
function completed({redirectUri}: LinkSettings, given: string, state: string): string {
  const url = new URL(given);
  if (redirectUri !== undefined) url.searchParams.set('redirect_uri', redirectUri);
  url.searchParams.set('state', state);
  return url.href;
}

function reauthenticateLink(settings: LinkSettings, place: Place, vehicle: string, state: string): string {
  return linkTo(settings, '/oauth/reauthenticate', place, {
    response_type: 'vehicle_id',
    vehicle_id: vehicle,
    state,
  });
}

function authorizeLink(
  settings: LinkSettings,
  place: Place,
  state: string,
  finding: Finding | undefined,
): string {
  const {scope, mode, applicationId} = settings;
  // The union: what the product asks for, and what was just missing.
  const missing =
    finding?.scope === 'permission' && place.permission?.match(/^(read|control)_/) ? [place.permission] : [];
  const asked = scope === undefined ? [] : [...new Set([...scope, ...missing])];
  return linkTo(settings, '/oauth/authorize', place, {
    response_type: applicationId === undefined ? 'code' : 'none',
    ...(asked.length > 0 && {scope: asked.join(' ')}),
    ...(mode !== undefined && {mode}),
    // Without it Connect would skip the page on which a permission can be added.
    ...(finding && {approval_prompt: 'force'}),
    state,
  });
}

function linkTo(settings: LinkSettings, path: string, place: Place, more: Record<string, string>): string {
  const {connectOrigin, applicationId, clientId = '', redirectUri} = settings;
  const url = new URL(path, connectOrigin);
  const v3 = applicationId !== undefined;
  const parameters = {
    ...(v3 ? {application_id: applicationId} : {client_id: clientId}),
    ...(redirectUri !== undefined && {redirect_uri: redirectUri}),
    ...more,
    ...(v3 ? {external_id: place.user} : {user: place.user}),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
