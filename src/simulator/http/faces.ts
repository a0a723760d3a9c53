import type {ApiName} from '../journal.ts';
import type {Face} from '../world.ts';

export const faces: readonly Face[] = ['api', 'apiV3', 'auth', 'authV3', 'connect', 'management'];

/** What each host knows. The official SDK expects Connect on v2's host when that is replaced. */
const served: Readonly<Record<Face, readonly ApiName[]>> = {
  api: ['2.0', 'connect'],
  apiV3: ['3'],
  auth: ['oauth'],
  authV3: ['oauth'],
  connect: ['connect'],
  management: ['management', '3'],
};

/** What each host speaks about the rest. */
const spoken: Readonly<Record<Face, ApiName>> = {
  api: '2.0',
  apiV3: '3',
  auth: 'oauth',
  authV3: 'oauth',
  connect: 'other',
  management: 'other',
};

const tokenPaths: Partial<Record<Face, string>> = {auth: '/oauth/token', authV3: '/oauth2/token'};

/** Where the API that steers the simulator lives, on every host. */
export const controlPrefix = '/simulator';

/** Which of Smartcar's faces a path belongs to. */
function apiOf(path: string): ApiName {
  if (path === '/oauth/token' || path === '/oauth2/token') return 'oauth';
  if (path.startsWith('/oauth/')) return 'connect';
  if (path.startsWith('/v2.0/management/')) return 'management';
  if (path === '/v2.0' || path.startsWith('/v2.0/')) return '2.0';
  if (path === controlPrefix || path.startsWith(`${controlPrefix}/`)) return 'control';
  return path === '/v3' || path.startsWith('/v3/') ? '3' : 'other';
}

/** Whether a host knows paths like this one; without a host there is one for all. */
export function isServed(face: Face | undefined, path: string): boolean {
  if (face === undefined) return true;
  const only = tokenPaths[face];
  return only === undefined ? served[face].includes(apiOf(path)) : path === only;
}

/** The language in which a host says that it does not know a path. */
export function apiOn(face: Face | undefined, path: string): ApiName {
  const api = apiOf(path);
  return face === undefined || api === 'control' || isServed(face, path) ? api : spoken[face];
}
