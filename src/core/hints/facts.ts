import type {Endpoint, RequestFacts} from '../endpoints.ts';
import type {Failure, Needs} from '../failure.ts';
import type {Reason} from '../reasons.ts';

/** Where a URL leads, by the option of `origins` that names the host; `elsewhere` for any other. */
export type Host = 'api' | 'apiV3' | 'auth' | 'authV3' | 'connect' | 'management' | 'elsewhere';

/** A request as it was sent, as far as a hint may show it: no token, no secret, no body. */
export interface SentRequest {
  readonly method: string;
  /** Without credentials and without the values of the query. */
  readonly url?: string;
  /** Absent where one origin plays both APIs. */
  readonly host?: Host;
  readonly contentType?: string;
  /** The scheme of the authorization header, as it was written; absent where there was none. */
  readonly scheme?: string;
  /** What looks like a bearer without a scheme: a token alone in the header. */
  readonly bare?: boolean;
  /** What is wrong with the credentials behind the scheme, as far as it shows without showing them. */
  readonly flaw?: 'nothing' | 'undefined' | 'null' | 'object' | 'twice' | 'quotes';
  /** Whether there was a body, and whether it is JSON. `unread` is a stream or bytes. */
  readonly body?: 'none' | 'json' | 'form' | 'other' | 'unread';
  /** The names of its members, dotted (`data.attributes.percent`), without their values. */
  readonly fields?: readonly string[];
  readonly hasUserId?: boolean;
  /** Nothing but its method and URL is known: what is absent here may have been sent all the same. */
  readonly partly?: boolean;
}

/** Everything a hint may be made of. Members are absent where nobody knows. */
export interface HintFacts {
  readonly reason: Reason;
  readonly needs: Needs;
  readonly failure: Failure;
  /** The dialect of the token endpoint, where that is what failed. */
  readonly oauth?: boolean;
  readonly endpoint?: Endpoint;
  readonly operation?: string;
  readonly vehicle?: string;
  readonly request?: RequestFacts;
  /** Whether the call was to change something. */
  readonly command?: boolean;
  readonly sent?: SentRequest;
  /** Whether the policy put its own token on the call, and of which API it is. */
  readonly auth?: {
    readonly version: '2' | '3';
    readonly clientId?: string;
    /** `connect.applicationId`. */
    readonly applicationId?: string;
    readonly redirectUri?: string;
    readonly byPolicy: boolean;
  };
  /** Of the token that was sent, by our own records, epoch ms. */
  readonly tokenExpiresAt?: number;
  /** `connect.scope`. */
  readonly scope?: readonly string[];
  /** `connect.mode`. */
  readonly mode?: string;
  /** The gate that this failure closed, or that stood in the way. */
  readonly gate?: {
    readonly key: string;
    readonly until: number;
    readonly waiting?: number;
    /** Why it is shut; `undefined` where it is open, and only a place or the next token has to be waited for. */
    readonly shutFor?: string | undefined;
  };
  readonly retryAt?: number;
  /** Epoch ms. */
  readonly now: number;
  /** The one that is written most like a word. */
  readonly nearest: (word: string, among: readonly string[]) => string | undefined;
}

/** One kind of advice: nothing where it does not fit. */
export type Hint = (facts: HintFacts) => readonly string[];
