import type {Reason} from '../reasons.ts';
import {sentence} from './sentences.ts';
import {filled} from './suggested.ts';
import type {MessageFacts, Verdict, Voice} from './verdict.ts';

/** The server does not know what we do: that the goal is reached, that it misleads, that nobody knows the outcome. */
const SERVER_MISLEADS: ReadonlySet<Reason> = new Set([
  'make-in-capitals',
  'signal-not-found',
  'goal-reached',
  'outcome-unknown',
  'parked',
  'token-rejected',
]);

/**
 * Words for the owner, ready to show: those of the `messages` option, else the server's suggestion with its
 * placeholders filled, else our own. A reconnect message ends with its link. Never throws.
 */
export function userMessage(verdict: Verdict, voice: Voice = {}): string {
  const {endpoint: _endpoint, ...rest} = verdict;
  const text = standard(verdict, voice);
  if (!voice.messages) return text;
  const facts: MessageFacts = {
    ...rest,
    phrase: phraseOf(verdict),
    ...(voice.appName !== undefined && {appName: voice.appName}),
    ...(voice.locale !== undefined && {locale: voice.locale}),
    text,
  };
  try {
    const own: unknown = voice.messages(Object.freeze(facts));
    return typeof own === 'string' && own !== '' ? own : text;
  } catch {
    // Words for the owner are no reason for a call to fail.
    return text;
  }
}

function standard(verdict: Verdict, {appName}: Voice): string {
  const {connectUrl, failure, reason} = verdict;
  const suggested = SERVER_MISLEADS.has(reason) ? undefined : failure.suggestedUserMessage;
  const text =
    (suggested === undefined ? undefined : filled(suggested, {appName, connectUrl})) ??
    sentence(verdict, phraseOf(verdict), appName);
  const sends = verdict.action === 'reauthenticate' || reason === 'parked';
  return sends && connectUrl !== undefined && !text.includes(connectUrl) ? `${text} ${connectUrl}` : text;
}

function phraseOf({endpoint}: Verdict): string {
  return endpoint?.phrase ?? 'reach';
}
