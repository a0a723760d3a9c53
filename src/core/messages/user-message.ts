import {isOutcomeOpen} from '../outcome-open.ts';
import type {Reason} from '../reasons.ts';
import {sentence} from './sentences.ts';
import {filled} from './suggested.ts';
import type {MessageFacts, Verdict, Voice} from './verdict.ts';

/** The server does not know what we do: that the goal is reached, that it misleads, that nobody knows the outcome. */
const SERVER_MISLEADS: ReadonlySet<Reason> = new Set([
  'make-in-capitals',
  'signal-not-found',
  'goal-reached',
  'parked',
  'token-rejected',
]);

/**
 * Words for the owner, ready to show: those of the `messages` option, else the server's suggestion with its
 * placeholders filled, else our own. A reconnect message ends with its link. Never throws.
 */
export function userMessage(verdict: Verdict, voice: Voice = {}): string {
  const text = standard(verdict, voice);
  try {
    const own: unknown = voice.messages?.(factsOf(verdict, voice, text));
    if (typeof own === 'string' && own.trim() !== '') return own;
    // A promise comes too late for these words; that it fails must not end the process.
    if (own instanceof Promise) own.catch(() => undefined);
    return text;
  } catch {
    // Words for the owner are no reason for a call to fail.
    return text;
  }
}

/** A copy: what the function does to it changes nothing here. */
function factsOf(verdict: Verdict, {appName, locale}: Voice, text: string): MessageFacts {
  const {action, reason, needs, failure, connectUrl, retryAt} = verdict;
  return Object.freeze({
    action,
    reason,
    needs,
    failure: structuredClone(failure),
    ...(connectUrl !== undefined && {connectUrl}),
    ...(retryAt !== undefined && {retryAt}),
    phrase: phraseOf(verdict),
    ...(appName !== undefined && {appName}),
    ...(locale !== undefined && {locale}),
    text,
  });
}

function standard(verdict: Verdict, {appName}: Voice): string {
  const {connectUrl, failure, reason} = verdict;
  const misleads = SERVER_MISLEADS.has(reason) || isOutcomeOpen(verdict);
  const suggested = misleads ? undefined : failure.suggestedUserMessage;
  const text =
    (suggested === undefined ? undefined : filled(suggested, {appName, connectUrl})) ??
    sentence(verdict, phraseOf(verdict), appName);
  const sends = verdict.action === 'reauthenticate';
  return sends && connectUrl !== undefined && !text.includes(connectUrl) ? `${text} ${connectUrl}` : text;
}

function phraseOf({endpoint, reason}: Verdict): string {
  return reason === 'connect-refused' ? 'connect' : (endpoint?.phrase ?? 'reach');
}
