import type {Call, Fault} from '../http/answer.ts';
import {basicOf, bearerOf, isApplication} from '../oauth/credentials.ts';
import type {World} from '../world.ts';

/** Undefined for `Basic default:<token>`, with which the management API is called. */
export function refuseBasic(world: World, call: Call): Fault | undefined {
  return refuse(world, basicOf(call), 'Basic authentication as `default`');
}

/** Undefined for `Bearer <token>`, with which a car is unsubscribed. */
export function refuseBearer(world: World, call: Call): Fault | undefined {
  const secret = bearerOf(call);
  return refuse(world, secret === undefined ? undefined : {id: 'default', secret}, 'A bearer token');
}

function refuse(
  {application}: World,
  given: {readonly id: string; readonly secret: string} | undefined,
  wanted: string,
): Fault | undefined {
  const {managementToken} = application;
  if (isApplication({...application, clientId: 'default', clientSecrets: [managementToken]}, given))
    return undefined;
  return {
    error: 'AUTHENTICATION',
    description: `${wanted} with the application management token is needed here.`,
  };
}
