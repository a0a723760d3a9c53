import type {Episode, Finding, Place} from '../ports.ts';

/** The narrowest first, so that a call is told about what concerns it most. */
export function keysOf(place: Place): readonly string[] {
  const keys = [keyOf(place, 'vehicle'), keyOf(place, 'user')];
  return place.permission === undefined ? keys : [keyOf(place, 'permission'), ...keys];
}

/**
 * A missing permission without a name parks nothing, since nobody could tell which calls it stops. A car that was not
 * named is told apart by what was asked of it.
 */
export function keyOf({user, vehicle, permission = ''}: Place, scope: Episode['scope']): string {
  if (scope === 'user') return JSON.stringify([user]);
  if (scope === 'permission') return JSON.stringify([user, vehicle ?? '', permission]);
  return JSON.stringify(vehicle === undefined ? [user, {of: permission}] : [user, vehicle]);
}

/** An episode of a call that named no car may be about any. */
export function concerns({scope, vehicle}: Episode, wanted: string | undefined): boolean {
  return wanted === undefined || vehicle === wanted || (scope !== 'user' && vehicle === undefined);
}

/** A call without a known endpoint is parked under its operation's name, which is no permission. */
export function permissionOf({permission}: Place): {readonly permission?: string} {
  return permission !== undefined && /^(read|control)_/.test(permission) ? {permission} : {};
}

/** The server's words for it where there are any: `CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED`. */
export function reasonOf({failure, reason}: Finding): string {
  if (failure.type === undefined) return reason;
  return failure.code === undefined ? failure.type : `${failure.type}:${failure.code}`;
}

/** Whether the product never asks for the permission that is missing, so that no owner could have given it. */
export function isOutsideScope(
  place: Place,
  scope: Episode['scope'],
  asked: readonly string[] | undefined,
): boolean {
  const {permission} = permissionOf(place);
  if (scope !== 'permission' || permission === undefined || asked === undefined) return false;
  return !asked.some(one => one.replace(/^required:/, '') === permission);
}
