/** Which requests a scripted reply is for. Every member that is given has to fit. */
export interface Match {
  readonly method?: string;
  /** A text fits at the end of the path (`'/odometer'`), a RegExp wherever it matches; the query is left out. */
  readonly path?: string | RegExp;
  readonly vehicle?: string;
  /** The owner: by the token (v2, token endpoints), by `sc-user-id` (v3), by the link (Connect). */
  readonly user?: string;
  /**
   * `token` is the two token endpoints, `api` the vehicle and management APIs.
   * @default 'api', or anything at all when `path` is given
   */
  readonly endpoint?: 'api' | 'token';
  /**
   * From 0 to 1: the share of the requests that fit which get this reply, drawn from the seed. The others go on to
   * the next line. What other lines do changes nothing about who is drawn.
   * @default 1
   */
  readonly share?: number;
  /** Draws the share. @default the simulator's, and how many such lines there were before */
  readonly seed?: number;
  /** `Infinity` for a standing order, which is never missed by `done`. @default 1, or Infinity with a `share` */
  readonly times?: number;
}

/** What of a request the script looks at. */
export interface Subject {
  readonly method: string;
  readonly path: string;
  readonly vehicle?: string;
  readonly user?: string;
  readonly endpoint: 'api' | 'token' | 'other';
}

/** Share and times apart: those are the script's. */
export function fits(match: Match, subject: Subject): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== subject.method) return false;
  if (match.vehicle !== undefined && match.vehicle !== subject.vehicle) return false;
  if (match.user !== undefined && match.user !== subject.user) return false;
  const endpoint = match.endpoint ?? (match.path === undefined ? 'api' : undefined);
  if (endpoint !== undefined && endpoint !== subject.endpoint) return false;
  if (match.path === undefined) return true;
  // `search` looks from the start each time; `test` would remember its place in a /g expression.
  return typeof match.path === 'string'
    ? subject.path.endsWith(match.path.replace(/(?<=.)\/$/, ''))
    : subject.path.search(match.path) !== -1;
}

/** In words, for the list of what was not used. */
export function describeMatch({method, path, vehicle, user, endpoint, share}: Match): string {
  const words = [
    method?.toUpperCase() ?? 'any method',
    path === undefined ? (endpoint === 'token' ? 'at the token endpoint' : 'any path') : String(path),
    vehicle === undefined ? '' : `of vehicle ${vehicle}`,
    user === undefined ? '' : `for user ${user}`,
    share === undefined ? '' : `with a share of ${share}`,
  ];
  return words.filter(word => word !== '').join(' ');
}
