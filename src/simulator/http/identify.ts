import type {Call} from './answer.ts';
import {bearerOf} from '../oauth/credentials.ts';
import type {OpenEntry} from '../journal.ts';
import {tokenParameter} from '../oauth/routes.ts';
import {userIdOf} from '../v3/access.ts';
import type {World} from '../world.ts';

/** Who asks for which car with which token; nothing here says that they may. */
export type Identity = Pick<OpenEntry, 'user' | 'vehicle' | 'token' | 'grantType'>;

/** What else is sent as one could be a secret in the wrong place. */
const grantTypes: readonly string[] = [
  'authorization_code',
  'client_credentials',
  'password',
  'refresh_token',
];

/** What is longer names nobody, and would only fill the journal. */
const longestId = 500;

/** For the script and the journal; handlers judge for themselves. */
export function identify(world: World, call: Call): Identity {
  const identity: Identity = {};
  const vehicle =
    /^\/v[^/]{1,10}\/vehicles\/([^/]+)/.exec(call.path)?.[1] ?? call.query.get('vehicle_id') ?? undefined;
  if (vehicle !== undefined) identity.vehicle = vehicle.slice(0, longestId);
  const {user, token} = userAndToken(world, call);
  if (user !== undefined) identity.user = user.slice(0, longestId);
  if (token !== undefined) identity.token = token;
  const grantType = call.api === 'oauth' ? tokenParameter(call, 'grant_type') : undefined;
  if (grantType !== undefined) identity.grantType = grantTypes.includes(grantType) ? grantType : '(unknown)';
  return identity;
}

function userAndToken(world: World, call: Call): {user?: string | undefined; token?: number | undefined} {
  if (call.api === 'connect') {
    const named = call.query.get('user') ?? call.query.get('external_id');
    return {user: named ?? world.fleet.findCar(call.query.get('vehicle_id') ?? '')?.owner.id};
  }
  if (call.api === 'oauth') {
    const refreshToken = world.tokens.lookUp('refresh', tokenParameter(call, 'refresh_token') ?? '');
    const owner = refreshToken?.family.owner ?? world.tokens.codeOwner(tokenParameter(call, 'code') ?? '');
    return {user: owner?.id, token: refreshToken?.generation};
  }
  const bearer = bearerOf(call) ?? '';
  const access = world.tokens.lookUp('access', bearer);
  const token = access?.generation ?? world.tokens.lookUpApplication(bearer)?.generation;
  return {user: call.api === '3' ? userIdOf(call) : access?.family.owner.id, token};
}
