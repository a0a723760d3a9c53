import {withAction, type Endpoint, type RequestFacts} from '../core/endpoints.ts';
import type {HintFacts} from '../core/hints/facts.ts';
import {hints} from '../core/hints/hints.ts';
import {userMessage} from '../core/messages/user-message.ts';
import type {Verdict, Voice} from '../core/messages/verdict.ts';
import type {Origins} from '../ports.ts';
import type {Explanation} from './explain.ts';
import {actionIn, describeSent, type Sendable} from './sent.ts';

/** What a policy knows that goes into its words. */
export interface Advisor {
  readonly voice: Voice;
  readonly origins: Origins;
  /** What hints say of the policy's own settings. */
  readonly settings: Pick<HintFacts, 'auth' | 'scope' | 'mode' | 'nearest'>;
}

/** What happened, and what it adds to the verdict. */
export interface Details extends Verdict {
  readonly docUrl?: string;
}

/** What is known of the call besides its failure. */
export interface About {
  readonly now: number;
  readonly operation?: string | undefined;
  readonly vehicle?: string | undefined;
  readonly request?: RequestFacts | undefined;
  readonly sent?: Sendable | undefined;
  readonly byPolicy: boolean;
  /** Whether it was to change something; a request for a token is not. */
  readonly command: boolean;
  readonly locale?: string | undefined;
  readonly oauth?: boolean | undefined;
  readonly tokenExpiresAt?: number | undefined;
  readonly gate?: HintFacts['gate'];
}

/** An endpoint in the words of what was asked of it. */
export function inWords(endpoint: Endpoint, sent: Sendable | undefined): Endpoint {
  return sent ? withAction(endpoint, actionIn(sent)) : endpoint;
}

/** Puts a verdict into words: for the owner, for the developer, and as data. */
export function describe(
  {voice, origins, settings}: Advisor,
  details: Details,
  about: About,
  used: Pick<Explanation, 'attempts' | 'waitedMs'>,
): Explanation {
  const {action, reason, needs, failure, retryAt, connectUrl, docUrl} = details;
  const {now, operation, vehicle, request, sent, byPolicy, command, locale, oauth, tokenExpiresAt, gate} =
    about;
  const {auth, ...rest} = settings;
  const endpoint = details.endpoint && inWords(details.endpoint, sent);
  const facts: HintFacts = {
    ...rest,
    reason,
    needs,
    failure,
    now,
    command,
    ...(auth && {auth: {...auth, byPolicy}}),
    ...(endpoint && {endpoint}),
    ...(operation !== undefined && {operation}),
    ...(vehicle !== undefined && {vehicle}),
    ...(request && {request}),
    ...(sent && {sent: describeSent(origins, sent)}),
    ...(oauth === true && {oauth}),
    ...(tokenExpiresAt !== undefined && {tokenExpiresAt}),
    ...(gate && {gate}),
    ...(retryAt !== undefined && {retryAt}),
  };
  return Object.freeze({
    action,
    reason,
    needs,
    failure,
    ...used,
    ...(retryAt !== undefined && {retryAt}),
    ...(connectUrl !== undefined && {connectUrl}),
    userMessage: userMessage(
      {...details, command, ...(endpoint && {endpoint})},
      locale === undefined ? voice : {...voice, locale},
    ),
    hints: hints(facts),
    ...(docUrl !== undefined && {docUrl}),
  });
}
