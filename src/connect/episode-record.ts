import {randomUUID} from 'node:crypto';
import {userMessage} from '../core/messages/user-message.ts';
import type {Verdict, Voice} from '../core/messages/verdict.ts';
import type {Clock, Episode, EpisodeRecord, Finding, Place} from '../ports.ts';
import {isOutsideScope, permissionOf, reasonOf} from './episode-keys.ts';

/** What a new episode is made with. */
export interface RecordSettings {
  readonly clock: Pick<Clock, 'now'>;
  /** How messages to owners are worded. */
  readonly voice: Voice;
  /** The link for an episode; `undefined` where none can be built. */
  readonly link: (place: Place, episode: string, finding: Finding) => string | undefined;
  /** After this many milliseconds one call may try in spite of the episode. */
  readonly probeAfterMs: number;
  /** The permissions that the product asks for. */
  readonly scope?: readonly string[] | undefined;
}

/** Makes the record of an episode that opens now. */
export function recordsOf(
  settings: RecordSettings,
): (key: string, place: Place, finding: Finding) => EpisodeRecord {
  const {clock, voice, link, probeAfterMs, scope} = settings;
  return (key, place, finding) => {
    const id = randomUUID();
    const connectUrl = link(place, id, finding);
    const now = wholeMs(clock.now());
    const {generation} = finding;
    const episode: Episode = {
      episode: id,
      user: place.user,
      ...(finding.scope !== 'user' && place.vehicle !== undefined && {vehicle: place.vehicle}),
      scope: finding.scope,
      ...(finding.scope === 'permission' && permissionOf(place)),
      reason: reasonOf(finding),
      ...(connectUrl !== undefined && {connectUrl}),
      since: now,
      ...(isOutsideScope(place, finding.scope, scope) && {outsideScope: true}),
    };
    return {
      ...episode,
      key,
      probeAt: wholeMs(now + probeAfterMs),
      toldAt: now,
      userMessage: messageOf(finding, episode, voice),
      ...(generation !== undefined && {generation}),
    };
  };
}

/** Stores keep whole numbers; `Infinity` is for ever. */
export const wholeMs = (ms: number): number => Math.min(Math.round(ms), Number.MAX_SAFE_INTEGER);

/** The part of a record that everybody may see. */
export function episodeOf(record: EpisodeRecord): Episode {
  const {
    key: _key,
    generation: _grant,
    probeAt: _probe,
    toldAt: _told,
    userMessage: _words,
    ...episode
  } = record;
  return Object.freeze(episode);
}

function messageOf({failure, reason, endpoint}: Finding, {connectUrl}: Episode, voice: Voice): string {
  const verdict: Verdict = {
    action: 'reauthenticate',
    reason,
    needs: 'owner',
    failure,
    ...(endpoint && {endpoint}),
    ...(connectUrl !== undefined && {connectUrl}),
  };
  return userMessage(verdict, voice);
}
