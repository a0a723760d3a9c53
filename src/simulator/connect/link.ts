import {allPermissions} from '../fleet/permissions.ts';
import type {Application} from '../world.ts';
import {normalMake} from './brands.ts';
import {type Ending, endings, isEnding} from './endings.ts';

/** What a link asks for: a grant, or a login that works again. */
export type Errand = 'authorize' | 'reauthenticate';

/** A permission that the link asks for. */
export interface Wish {
  readonly permission: string;
  /** The owner can't leave it out: `required:` stood before it. */
  readonly required: boolean;
}

/** A Connect link that has been understood. */
export interface Link {
  readonly errand: Errand;
  /** The id by which the link names the application. */
  readonly client: string;
  /** Whether that is the v3 application rather than the v2 client. */
  readonly v3: boolean;
  readonly redirectUri: string;
  /** As written in the link; the token request has to repeat it. */
  readonly givenRedirectUri: string | undefined;
  readonly state: string | undefined;
  readonly responseType: string | undefined;
  /** Undefined: what the owner's account was set up with. */
  readonly wishes: readonly Wish[] | undefined;
  readonly mode: string;
  readonly approvalPrompt: string;
  readonly make: string | undefined;
  readonly vin: string | undefined;
  readonly singleSelect: boolean;
  /** The id of an owner, perhaps: links carry the product's own ids too. */
  readonly user: string | undefined;
  readonly externalId: string | undefined;
  readonly vehicle: string | undefined;
  readonly simulate: Ending | undefined;
}

/** Why there is nowhere to send the owner: this must not be answered with a redirect. */
export interface Refusal {
  readonly refused: string;
}

const responseTypes: Readonly<Record<Errand, readonly string[]>> = {
  authorize: ['code', 'none'],
  reauthenticate: ['vehicle_id', 'none'],
};
const modes = ['live', 'simulated', 'test'];
const approvalPrompts = ['auto', 'force'];

/** A browser would run or show these in place of going anywhere. Schemes of apps are fine. */
const noDestination = /^(javascript|data|vbscript|blob|file|about):/i;

/** https://smartcar.com/docs/connect/redirect-to-connect; `flags` and whatever else stands there is ignored. */
export function readLink(application: Application, errand: Errand, query: URLSearchParams): Link | Refusal {
  const get = (name: string): string | undefined => query.get(name) ?? undefined;
  const {clientId, applicationId, redirectUris} = application;
  const client = get('application_id') ?? get('client_id');
  if (client !== clientId && client !== applicationId) {
    return expected('client_id or application_id', 'the client id or the application id', client);
  }

  // Without a page that we trust to send the owner to, there is only our own to complain on.
  const givenRedirectUri = get('redirect_uri');
  const redirectUri = URL.parse(givenRedirectUri ?? redirectUris?.[0] ?? '');
  if (redirectUri === null || noDestination.test(redirectUri.href)) {
    return expected('redirect_uri', 'the URL of a page or an app', givenRedirectUri);
  }
  if (givenRedirectUri !== undefined && redirectUris?.includes(givenRedirectUri) === false) {
    return expected('redirect_uri', `a registered one (${redirectUris.join(', ')})`, givenRedirectUri);
  }
  const simulate = get('simulate');
  if (simulate !== undefined && !isEnding(simulate)) {
    return expected('simulate', `one of ${Object.keys(endings).join(', ')}`, simulate);
  }
  const scope = get('scope');
  const make = get('make');
  return {
    errand,
    client,
    v3: client === applicationId,
    redirectUri: redirectUri.href,
    givenRedirectUri,
    state: get('state'),
    responseType: get('response_type'),
    wishes: scope === undefined ? undefined : parseWishes(scope),
    mode: get('mode') ?? 'live',
    approvalPrompt: get('approval_prompt') ?? 'auto',
    make: make === undefined ? undefined : normalMake(make),
    vin: get('single_select_vin')?.toUpperCase(),
    // Clients of other languages write `True`.
    singleSelect: get('single_select')?.toLowerCase() === 'true',
    user: get('user') ?? get('external_id'),
    externalId: get('external_id'),
    vehicle: get('vehicle_id'),
    simulate,
  };
}

/** What the developer has to change in the link; the owner goes back with it. */
export function misconfiguration({
  errand,
  responseType,
  wishes,
  mode,
  approvalPrompt,
}: Link): string | undefined {
  const allowed = responseTypes[errand];
  if (responseType === undefined || !allowed.includes(responseType)) {
    return expected('response_type', allowed.join(' or '), responseType).refused;
  }
  const stranger = wishes?.find(({permission}) => !allPermissions.includes(permission));
  if (stranger !== undefined) {
    return expected('scope', 'permissions such as read_odometer', stranger.permission).refused;
  }
  if (!modes.includes(mode)) return expected('mode', modes.join(', '), mode).refused;
  if (approvalPrompts.includes(approvalPrompt)) return undefined;
  return expected('approval_prompt', approvalPrompts.join(' or '), approvalPrompt).refused;
}

/** Every permission once; required where it is asked for so once. */
function parseWishes(scope: string): Wish[] {
  const wishes = new Map<string, Wish>();
  for (const word of scope.split(/[\s+]+/)) {
    const permission = word.replace(/^required:/, '');
    if (permission === '') continue;
    const required = permission !== word || wishes.get(permission)?.required === true;
    wishes.set(permission, {permission, required});
  }
  return [...wishes.values()];
}

function expected(name: string, what: string, got: string | undefined): Refusal {
  const came = got === undefined ? 'nothing' : `\`${got.slice(0, 200)}\``;
  return {refused: `Expected \`${name}\` to be ${what}, got ${came}.`};
}
