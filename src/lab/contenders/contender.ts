import type {PolicyOptions} from '../../index.ts';
import type {Life} from '../mortal.ts';

/** The tokens of owners (v2), where they outlive a process. */
export interface Pair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Epoch ms. */
  readonly accessExpiresAt: number;
}

/** Where a contender finds itself: the same for all. */
export interface Setting {
  readonly api: 'v2' | 'v3';
  /** The service. */
  readonly fetch: typeof fetch;
  readonly origins: Readonly<Record<'api' | 'apiV3' | 'auth' | 'authV3' | 'connect' | 'management', string>>;
  readonly credentials: {readonly clientId: string; readonly clientSecret: string};
  /** Of the process: whoever shares something with the one that comes after it has to look. */
  readonly life: Life;
  /** The longest time for one attempt, in milliseconds. */
  readonly attemptTimeoutMs: number;
  /** What a developer who knows the limits of this scenario sets. */
  readonly setUp: PolicyOptions;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** A contender tells an owner to go through Connect again. */
  readonly reconnect: (owner: string) => void;
}

/** One call that somebody waits for. */
export interface LabCall {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly owner: string;
  readonly make: string;
  /** After so many milliseconds nobody waits any more, and the signal aborts. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/** A process that makes calls. */
export interface Client {
  /** Resolves with the body of a good answer; rejects otherwise. */
  readonly call: (call: LabCall) => Promise<unknown>;
  /** Keeps a pair that came through Connect. */
  readonly save: (owner: string, pair: Pair) => Promise<void>;
  /** The refresh token that it would use next (v2). */
  readonly refreshTokenOf: (owner: string) => Promise<string | undefined>;
  /** An owner has come back through Connect. */
  readonly returned: (owner: string) => Promise<void>;
}

/** One policy of the lab. */
export interface Contender {
  readonly name: string;
  /** How it is set, in words. */
  readonly settings: string;
  /** Ours: what the goals are about. */
  readonly ours?: true;
  /** Whether it has anything to say about a scenario. @default always */
  readonly fits?: (setUp: PolicyOptions) => boolean;
  /** Where its tokens are kept; processes that start later find them there. */
  readonly begin: () => Starting;
}

/** Starts a process of this contender, the first or one after a restart. */
export type Starting = (setting: Setting) => Client;

/** Reads the body of a good answer, as each caller by hand does. */
export async function goodOnly(answer: Promise<Response>): Promise<unknown> {
  const response = await answer;
  if (!response.ok) throw new HttpError(response.status);
  return response.json();
}

/** Whether a call that failed like this may do better: what the server calls the caller's fault stays so. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof HttpError)) return true;
  return error.status < 400 || error.status >= 500 || error.status === 408 || error.status === 429;
}

export class HttpError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`Answered ${status}`);
    this.status = status;
  }
}
