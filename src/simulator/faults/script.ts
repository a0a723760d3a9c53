import {findErrorRow} from '../errors/table.ts';
import type {ErrorReply, Reply} from './replies.ts';

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
  /**
   * From 0 to 1: the share of the requests that fit which get this reply, drawn from the seed. The others go on to
   * the next line.
   * @default 1
   */
  readonly share?: number;
  /** Draws the share. @default the simulator's, and the number of the line */
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

export interface Script {
  /** Returns what takes the line back. */
  readonly add: (match: Match, reply: Reply) => () => void;
  /** Takes the first reply that fits, if any. */
  readonly take: (subject: Subject) => Reply | undefined;
  readonly unused: () => Match[];
  /** One line for each reply that is left. */
  readonly leftovers: () => string[];
}

export function createScript(_seed: number): Script {
  const lines: {readonly match: Match; readonly reply: Reply; left: number}[] = [];
  const open = () => lines.filter(({left}) => left > 0 && left !== Number.POSITIVE_INFINITY);
  return {
    add(match, reply) {
      const times = match.times ?? 1;
      if (!(times === Number.POSITIVE_INFINITY || (Number.isInteger(times) && times > 0))) {
        throw new TypeError(`Expected \`match.times\` to be a whole number from 1 up, got \`${times}\``);
      }
      checkReply(reply);
      const line = {match, reply, left: times};
      lines.push(line);
      return () => {
        const index = lines.indexOf(line);
        if (index !== -1) lines.splice(index, 1);
      };
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
