import type {Endpoint} from '../endpoints.ts';
import type {Action, Failure, Needs} from '../failure.ts';
import type {Reason} from '../reasons.ts';

/** What is known when a message has to be written. */
export interface Verdict extends Omit<MessageFacts, 'phrase' | 'appName' | 'locale' | 'text'> {
  readonly endpoint?: Endpoint;
  /** Whether the call was to change something. */
  readonly command?: boolean;
  /** Why the owner has to reconnect, where an earlier call has told: `TYPE:CODE`. */
  readonly parkedFor?: string;
}

/** What a function of the `messages` option is asked about. */
export interface MessageFacts {
  readonly action: Action;
  readonly reason: Reason;
  readonly needs: Needs;
  readonly failure: Failure;
  /** Where the owner has to go. */
  readonly connectUrl?: string;
  /** Epoch ms: when the call makes sense again. */
  readonly retryAt?: number;
  /** Completes "couldn't … your car": `read the odometer of`, `lock`, `start charging`. */
  readonly phrase: string;
  /** The option `app.name`. */
  readonly appName?: string;
  /** A BCP 47 tag: that of the call, else the option `app.locale`. */
  readonly locale?: string;
  /** What is shown unless the function says otherwise: English, ready to show. */
  readonly text: string;
}

/** How messages for owners are worded. */
export interface Voice {
  readonly appName?: string;
  readonly locale?: string;
  readonly messages?: (facts: MessageFacts) => string | undefined;
}
