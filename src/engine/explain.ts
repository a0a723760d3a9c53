import type {Action, Failure, Needs} from '../core/failure.ts';
import type {Reason} from '../core/reasons.ts';

/** What happened to a call, and what comes next. */
export interface Explanation {
  readonly action: Action;
  readonly reason: Reason;
  /** Who has to act so that the call can succeed. */
  readonly needs: Needs;
  readonly failure: Failure;
  readonly attempts: number;
  /** Milliseconds spent waiting between attempts. */
  readonly waitedMs: number;
  /** Epoch ms: when the call makes sense again. */
  readonly retryAt?: number;
  /** Where the owner has to go. */
  readonly connectUrl?: string;
  /** Ready to show to the owner of the car: no codes, no blame, one thing to do. */
  readonly userMessage: string;
  /** For the developer. */
  readonly hints: readonly string[];
  /** The vendor's page about this error. */
  readonly docUrl?: string;
}

const explanations = new WeakMap<object, Explanation>();

/** Remembers what is known about an error or a `Response`, beside it: nothing is put on the object itself. */
export function record(subject: unknown, explanation: Explanation): void {
  if (isObject(subject)) explanations.set(subject, explanation);
}

function isObject(subject: unknown): subject is object {
  return (typeof subject === 'object' && subject !== null) || typeof subject === 'function';
}

const DEEPEST_LINK = 5;

/**
 * Explains the outcome of a call that a policy has handled: the error it threw, the `Response` it resolved with, or a
 * client's error that carries one of them in `.response` or `.cause` (ky's `HTTPError`, say). `undefined` for
 * anything that no policy has dealt with. Never throws.
 *
 * @example
 * try { await policy.run(call, {user: 'ada'}) } catch (error) { console.log(explain(error)?.userMessage) }
 */
export function explain(subject: unknown): Explanation | undefined {
  return find(subject, 0);
}

function find(subject: unknown, depth: number): Explanation | undefined {
  if (!isObject(subject) || depth > DEEPEST_LINK) return undefined;
  return (
    explanations.get(subject) ??
    find(member(subject, 'response'), depth + 1) ??
    find(member(subject, 'cause'), depth + 1)
  );
}

function member(subject: object, key: 'response' | 'cause'): unknown {
  try {
    return (subject as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}
