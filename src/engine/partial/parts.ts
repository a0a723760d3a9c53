import type {Action, Failure, Needs} from '../../core/failure.ts';
import type {MessageFacts} from '../../core/messages/verdict.ts';
import type {Reason} from '../../core/reasons.ts';
import type {Clock} from '../../ports.ts';

/** What an answer that is made of parts has brought: a batch, or v3's signals. */
export interface Parts {
  /** In the order of the answer. */
  readonly parts: readonly Part[];
  /** Those of them that failed. */
  readonly failed: readonly FailedPart[];
  /** Whether every part holds its value. An answer without any part is not ok: it has brought nothing. */
  readonly ok: boolean;
  /** The names of those that failed with something that passes: what `again` asks for. */
  readonly retryable: readonly string[];
  /** Epoch ms: when asking again makes sense for all of `retryable`. */
  readonly retryAt?: number;
  /** The parsed body; after `again` with the fresh parts in the place of the old ones. */
  readonly body: unknown;
  /**
   * Asks once more, for `retryable` and for nothing else, since every path costs quota: a batch sends one POST with
   * those paths, signals send one GET for each of them, one after the other. Resolves with a new result, in which fresh
   * answers stand in the place of the old ones; with this very result, and without a request, where there is nothing to
   * ask for. It never waits: call it once `retryAt` has come.
   *
   * A request that fails as a whole teaches nothing about its parts: they stay failed, and carry that failure's
   * explanation. Rejects as fetch does where the caller aborts or the policy is closed.
   *
   * @throws `PolicyError` with code `CONFIGURATION`: no fetch, or no URL to ask.
   */
  again(smartcar: Asking, options?: AgainOptions): Promise<Parts>;
}

/** One path of a batch, or one signal of a list. */
export type Part = OkPart | UnavailablePart | FailedPart;

/** What every part has. */
export interface AnyPart {
  /** A batch path such as `/odometer`, or a signal code. Where a part came without one, its place: `responses[2]`. */
  readonly name: string;
  /** The HTTP status of a batch item, or of the request that failed; a signal has none. */
  readonly status?: number;
}

/** A part that has its answer. */
export interface OkPart extends AnyPart {
  readonly state: 'ok';
  /** Of a batch item its body, of a signal its value, as they came. */
  readonly body: unknown;
}

/** A signal that is no failure and has no value: the car has not reported it yet, or never will. */
export interface UnavailablePart extends AnyPart {
  readonly state: 'unavailable';
  readonly body?: undefined;
}

/** A part that failed, with what to do about it. */
export interface FailedPart extends AnyPart, PartExplanation {
  readonly state: 'failed';
  readonly body?: undefined;
}

/** What an `Explanation` says, for one part alone. */
export interface PartExplanation {
  readonly action: Action;
  readonly reason: Reason;
  readonly needs: Needs;
  /** Its scope is `call`, which is this part, unless a limit was reached that holds for more. */
  readonly failure: Failure;
  /** Epoch ms: when asking for it makes sense again. */
  readonly retryAt?: number;
  /** Where the owner has to go; known only of a whole request that a policy has handled. */
  readonly connectUrl?: string;
  readonly userMessage: string;
  readonly hints: readonly string[];
  readonly docUrl?: string;
}

/** What words and times of a judgement on parts are made of. */
export interface PartsOptions {
  /** As in `createPolicy`: what messages for owners call your product, and their language. @default we */
  readonly app?: {readonly name?: string; readonly locale?: string};
  /** As in `createPolicy`: words of your own for owners. @default none */
  readonly messages?: (facts: MessageFacts) => string | undefined;
  /** Where the answer came from. @default the response's own */
  readonly url?: string | URL;
  /** Time as an argument. @default the system's */
  readonly clock?: Pick<Clock, 'now'>;
  /** Chance as an argument: a number from 0 to below 1. @default Math.random */
  readonly random?: () => number;
}

/** How to ask for failed parts once more. */
export interface AgainOptions {
  /** Where to ask. @default where the answer came from */
  readonly url?: string | URL;
  /** Sent along. The unit system of the answer is asked for by itself. */
  readonly headers?: RequestInit['headers'];
  /** Ends it with its reason. */
  readonly signal?: AbortSignal;
}

/** A `fetch`: best one with a policy in front of it, which knows the owner and the token. */
export type Asking = (url: string, init: RequestInit) => Promise<Response>;
