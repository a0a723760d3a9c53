import type {Action, Failure, Needs} from '../core/failure.ts';
import type {Reason} from '../core/reasons.ts';
import {beside} from './beside.ts';
import {explainParts} from './partial/explain-parts.ts';
import type {Parts, PartsOptions} from './partial/parts.ts';

/** What happened to a call, and what comes next. */
export interface Explanation {
  /** What was done about the last failure. */
  readonly action: Action;
  readonly reason: Reason;
  /** Who has to act so that the call can succeed. */
  readonly needs: Needs;
  readonly failure: Failure;
  /** How often it went over the wire: 0 where it was refused before. */
  readonly attempts: number;
  /** Milliseconds spent waiting between attempts. */
  readonly waitedMs: number;
  /** Epoch ms: when the call makes sense again. */
  readonly retryAt?: number;
  /** Where the owner has to go. */
  readonly connectUrl?: string;
  /** Ready to show to the owner of the car: no codes, no blame, one thing to do. */
  readonly userMessage: string;
  /** For the developer, from the very request that failed; without a value of a query, a body or a credential. */
  readonly hints: readonly string[];
  /** The vendor's page about this error. */
  readonly docUrl?: string;
}

const explanations = beside<Explanation>();

/** Remembers what is known about an error or a `Response`. */
export function record(subject: unknown, explanation: Explanation): void {
  explanations.set(subject, explanation);
}

/** `explain` itself, and what it says of answers that fail in parts. */
export interface Explain {
  /**
   * Explains the outcome of a call that a policy has handled: the error it threw, the `Response` it resolved with, or a
   * client's error that carries one of them in `.response` or `.cause` (ky's `HTTPError`, say). `undefined` for
   * anything that no policy has dealt with. Never throws.
   *
   * @example
   * try { await policy.run(call, {user: 'ada'}) } catch (error) { console.log(explain(error)?.userMessage) }
   */
  (subject: unknown): Explanation | undefined;
  /**
   * Which paths of a v2 batch failed, what each of them needs, and which can be asked for again. Takes the `Response`,
   * whose body stays readable, or the parsed body, whether or not a policy has handled it. What the official SDK's
   * `batch()` resolves with is neither: its functions throw one by one.
   *
   * Decides by the default `backoff`, and says "we" unless the options name the app.
   *
   * @throws `PolicyError` with code `CONFIGURATION`: no answer of a batch, or a response that was already read.
   *
   * @example
   * const first = await explain.batch(await smartcar(`${vehicleUrl}/batch`, {method: 'POST', body}));
   * const parts = await first.again(smartcar);
   */
  batch(subject: unknown, options?: PartsOptions): Promise<Parts>;
  /**
   * The same for v3's `GET /vehicles/{id}/signals` and `/signals/{code}`, which answer 200 around failures. An empty list
   * mostly means that the car has no webhook subscription yet. Of a list in pages, this page alone is looked at.
   */
  signals(subject: unknown, options?: PartsOptions): Promise<Parts>;
}

const ofCall = (subject: unknown): Explanation | undefined => explanations.find(subject);

/** What a policy decided about a call and why: for developers, for owners, and for programs. */
export const explain: Explain = Object.assign((subject: unknown) => ofCall(subject), {
  batch: (subject: unknown, options: PartsOptions = {}) => explainParts('batch', subject, options, ofCall),
  signals: (subject: unknown, options: PartsOptions = {}) =>
    explainParts('signals', subject, options, ofCall),
});
