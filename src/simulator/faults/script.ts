import {findErrorRow} from '../errors/table.ts';

/** Which requests a scripted reply is for. Every member that is given has to fit. */
export interface Match {
  readonly method?: string;
  /** A text fits at the end of the path (`'/odometer'`), the query left out. */
  readonly path?: string | RegExp;
  readonly vehicle?: string;
  readonly user?: string;
  /**
   * `token` is the two token endpoints, `api` the vehicle APIs.
   * @default 'api', or anything at all when `path` is given
   */
  readonly endpoint?: 'api' | 'token';
  /** `Infinity` for a standing order, which is never missed by `done`. @default 1 */
  readonly times?: number;
}

/** An error in the envelope of the API that was called: flat on v2, `errors[]` on v3, OAuth's on the token endpoints. */
export interface ErrorReply {
  /** `TYPE:CODE`, or `TYPE` for a code of null. Status and resolution come from the simulator's table. */
  readonly error: string;
  /** Needed only for a type that the table doesn't know. */
  readonly status?: number;
  /** Any shape in place of the table's; `'omit'` leaves the member away. */
  readonly resolution?: unknown;
  readonly retryAfter?: string | number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly description?: string;
}

/** Exactly this status, these headers and this body; whatever isn't a string is sent as JSON. */
export interface RawReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The page of a proxy that stands before the API. */
export interface HtmlReply {
  readonly html: 502 | 503 | 504;
}

/** Cuts the connection: before or after the request took effect, or (after it did) halfway through the body. */
export interface DropReply {
  readonly drop: 'before' | 'after' | 'mid-body';
}

/** Never answers. The connection stays open until the client, or `close`, ends it. */
export interface HangReply {
  readonly hang: true;
}

/**
 * A command that takes long: 202 without a content length, then the true outcome as the body on the same
 * connection. With `success` and `cut` the command takes effect at the end, with an error never. A request
 * that would be refused anyway is refused at once. Times are real ms.
 * @see https://smartcar.com/docs/api-reference/commands/overview
 */
export interface SlowReply {
  readonly slow: {
    /** Until the 202. @default 0 */
    readonly acceptedAfterMs?: number;
    readonly outcome: 'success' | 'cut' | {readonly error: string};
    /** From the 202 to the outcome. */
    readonly afterMs: number;
  };
}

/** Waits (real ms), then replies as told, or as usual. */
export interface DelayReply {
  readonly delayMs: number;
  readonly then?: Reply;
}

export interface RedirectReply {
  readonly redirect: string;
  /** @default 302 */
  readonly status?: 301 | 302 | 303 | 307 | 308;
}

export type Reply =
  | ErrorReply
  | RawReply
  | HtmlReply
  | DropReply
  | HangReply
  | SlowReply
  | DelayReply
  | RedirectReply;

/** What of a request the script looks at. */
export interface Subject {
  readonly method: string;
  readonly path: string;
  readonly vehicle?: string;
  readonly user?: string;
  readonly endpoint: 'api' | 'token' | 'other';
}

export interface Script {
  readonly add: (match: Match, reply: Reply) => void;
  /** Takes the first reply that fits, if any. */
  readonly take: (subject: Subject) => Reply | undefined;
  readonly unused: () => Match[];
  /** One line for each reply that is left. */
  readonly leftovers: () => string[];
}

export function createScript(): Script {
  const lines: {readonly match: Match; readonly reply: Reply; left: number}[] = [];
  const open = () => lines.filter(({left}) => left > 0 && left !== Number.POSITIVE_INFINITY);
  return {
    add(match, reply) {
      const times = match.times ?? 1;
      if (!(times === Number.POSITIVE_INFINITY || (Number.isInteger(times) && times > 0))) {
        throw new TypeError(`Expected \`match.times\` to be a whole number from 1 up, got \`${times}\``);
      }
      checkReply(reply);
      lines.push({match, reply, left: times});
    },
    take(subject) {
      const index = lines.findIndex(line => line.left > 0 && fits(line.match, subject));
      const line = lines[index];
      if (line === undefined) return undefined;
      line.left -= 1;
      if (line.left === 0) lines.splice(index, 1);
      return line.reply;
    },
    unused: () => open().map(line => line.match),
    leftovers: () =>
      open().map(({match, reply, left}) => `${left} × ${describe(match)} → ${JSON.stringify(reply)}`),
  };
}

function fits(match: Match, subject: Subject): boolean {
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

/** Refuses a reply that could not be sent while the author of the script still sees the stack. */
function checkReply(reply: Reply): void {
  if ('delayMs' in reply) {
    if (reply.then !== undefined) checkReply(reply.then);
  } else if ('slow' in reply) {
    if (typeof reply.slow.outcome === 'object') checkError(reply.slow.outcome);
  } else if ('error' in reply) {
    checkError(reply);
  } else if ('status' in reply && reply.status !== undefined) {
    checkStatus(reply.status);
  }
}

function checkError(reply: ErrorReply): void {
  if (reply.status !== undefined) checkStatus(reply.status);
  else if (findErrorRow(reply.error) === undefined) {
    throw new TypeError(
      `Expected a \`status\` with the error \`${reply.error}\`, whose type the table doesn't know`,
    );
  }
}

function checkStatus(status: number): void {
  if (Number.isInteger(status) && status >= 200 && status <= 599) return;
  throw new TypeError(`Expected \`status\` to be a whole number from 200 to 599, got \`${status}\``);
}

function describe({method, path, vehicle, user, endpoint}: Match): string {
  const words = [
    method?.toUpperCase() ?? 'any method',
    path === undefined ? (endpoint === 'token' ? 'at the token endpoint' : 'any path') : String(path),
    vehicle === undefined ? '' : `of vehicle ${vehicle}`,
    user === undefined ? '' : `for user ${user}`,
  ];
  return words.filter(word => word !== '').join(' ');
}
