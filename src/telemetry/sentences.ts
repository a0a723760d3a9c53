import type {Failure} from '../core/failure.ts';
import {plainText} from '../core/plain-text.ts';
import {REASONS} from '../core/reasons.ts';
import type {CallFacts, EventName, PolicyEvents} from '../engine/events.ts';

type Sentences = {readonly [E in EventName]: (event: PolicyEvents[E]) => string};

const SENTENCES: Sentences = {
  attempt: event => `${callOf(event)}: attempt ${event.attempt} is sent.`,
  decision: event =>
    `${callOf(event)}: attempt ${event.attempt} failed${named(event.failure)}. ${nextOf(event)}`,
  refresh: ({user, outcome, durationMs, failure = 'no reason was given'}) => {
    const whose = user === undefined ? 'of the application' : `of "${user}"`;
    if (outcome === 'dead') return `The grant ${whose} is gone: the owner has to go through Connect.`;
    if (outcome === 'failed') return `The token ${whose} could not be renewed: ${ended(failure)}`;
    if (outcome === 'reused') return `The token ${whose} had been renewed elsewhere already.`;
    return `The token ${whose} was renewed in ${Math.round(durationMs)} ms.`;
  },
  pause: ({scope, until, reason}) =>
    `The gate of ${placed(scope)} is closed until ${iso(until)} (${reason}).`,
  resume: ({scope}) => `The gate of ${placed(scope)} is open again.`,
  limit: ({scope, perMinute}) =>
    perMinute === undefined
      ? `Nothing is held back for ${placed(scope)} any more.`
      : `Smartcar takes about ${Math.round(perMinute * 10) / 10} calls a minute for ${placed(scope)}.`,
  quota: ({vehicle, calls, perVehicle, period}) =>
    `Vehicle ${vehicle} has used ${calls} of ${perVehicle} calls in the period from ${period}.`,
  webhook: ({type, vehicle}) =>
    `A webhook ${type}${vehicle === undefined ? '' : ` of vehicle ${vehicle}`} came.`,
  'webhook-rejected': ({message}) => `A webhook was not accepted. ${ended(message)}`,
  reauth: ({reminder, reason, ...who}) =>
    `${ownerOf(who)} ${reminder ? 'still has' : 'has'} to reconnect (${reason}).`,
  'reauth-resolved': ({by, ...who}) => `${ownerOf(who)} no longer has to reconnect (${by}).`,
  defer: event =>
    `${callOf(event)}: the wait would be too long; it makes sense again at ${iso(event.retryAt)}.`,
  success: event => `${callOf(event)} succeeded: ${spent(event)}.`,
  fail: event => `${callOf(event)} failed${named(event.failure)}: ${spent(event)}. ${REASONS[event.reason]}`,
};

/** What happened, on one line, for whoever reads the log. */
export function sentenceOf<E extends EventName>(event: E, payload: PolicyEvents[E]): string {
  return plainText(SENTENCES[event](payload));
}

const callOf = ({call, operation}: CallFacts): string =>
  operation === undefined ? `Call ${call}` : `Call ${call} (${operation})`;

function named({type, code, status}: Failure): string {
  const words = [type, code].filter(word => word !== undefined).join(':');
  const what = words === '' ? status : words;
  return what === undefined ? '' : ` (${what})`;
}

function nextOf({action, reason, delayMs}: PolicyEvents['decision']): string {
  switch (action) {
    case 'retry':
      return delayMs === undefined ? 'It is repeated.' : `It is repeated in ${Math.round(delayMs)} ms.`;
    case 'refresh':
      return 'The token is renewed, then it is repeated.';
    case 'reauthenticate':
      return 'The owner has to reconnect.';
    case 'fail':
      return REASONS[reason];
  }
}

const placed = (scope: string): string => (scope === 'application' ? 'the application' : scope);

const spent = ({attempts, waitedMs, durationMs}: PolicyEvents['success']): string =>
  `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}, ${Math.round(durationMs)} ms, ${waitedMs} of them waiting`;

function ownerOf({user, vehicle}: {readonly user: string; readonly vehicle?: string}): string {
  return `"${user}"${vehicle === undefined ? '' : ` with vehicle ${vehicle}`}`;
}

const ended = (sentence: string): string => (/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`);

/** The last instant that a Date can hold. */
const LAST_DATE_MS = 8.64e15;

const iso = (epochMs: number): string => new Date(Math.min(epochMs, LAST_DATE_MS)).toISOString();
