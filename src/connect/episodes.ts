import {randomUUID} from 'node:crypto';
import {userMessage} from '../core/messages/user-message.ts';
import type {Verdict, Voice} from '../core/messages/verdict.ts';
import type {Clock, Episode, EpisodeEnd, Episodes, Finding, Place} from '../ports.ts';

/** Told when an episode opens and when it is over; once each. */
export interface EpisodeWatch {
  opened(episode: Episode, message: string): void;
  /** `waiting`: how many calls go on now. */
  over(episode: Episode, by: EpisodeEnd, waiting: number): void;
}

export interface EpisodeSettings {
  readonly clock: Required<Pick<Clock, 'now' | 'monotonic'>>;
  readonly watch: EpisodeWatch;
  /** How messages to owners are worded. */
  readonly voice: Voice;
  /** The link for an episode; `undefined` where none can be built. */
  readonly link: (place: Place, episode: string, finding: Finding) => string | undefined;
  /** After this many milliseconds one call may try in spite of the episode. */
  readonly probeAfterMs: number;
}

interface Open {
  readonly episode: Episode;
  /** Of the grant that is dead: a call with another generation proves that there is a new one. */
  readonly generation: string | undefined;
  probeAt: number;
  readonly waiting: Set<() => void>;
}

/** Episodes of one process. */
export function localEpisodes({clock, watch, voice, link, probeAfterMs}: EpisodeSettings): Episodes {
  const open = new Map<string, Open>();
  const byId = new Map<string, Open>();
  /** When the last episode of a place was over: a failure that was sent before tells nothing new. */
  const endedAt = new Map<string, number>();

  function finish(key: string, by: EpisodeEnd): void {
    const ended = open.get(key);
    if (!ended) return;
    open.delete(key);
    byId.delete(ended.episode.episode);
    if (endedAt.size >= MOST_ENDINGS) endedAt.clear();
    endedAt.set(key, clock.now());
    watch.over(ended.episode, by, ended.waiting.size);
    for (const wake of ended.waiting) wake();
  }

  const find = (place: Place): Open | undefined => {
    if (open.size === 0) return undefined;
    for (const key of keysOf(place)) {
      const found = open.get(key);
      if (found) return found;
    }
    return undefined;
  };

  return {
    get any() {
      return open.size > 0;
    },
    parking: place => find(place)?.episode,
    probe(id) {
      const found = byId.get(id);
      if (!found || clock.monotonic() < found.probeAt) return false;
      found.probeAt = clock.monotonic() + probeAfterMs;
      return true;
    },
    probeInMs: id => Math.max(0, (byId.get(id)?.probeAt ?? 0) - clock.monotonic()),
    open(place, finding) {
      const key = keyOf(place, finding.scope);
      const known = open.get(key);
      if (known) return known.episode;
      if (finding.sentAt !== undefined && finding.sentAt < (endedAt.get(key) ?? -Infinity)) return undefined;
      const id = randomUUID();
      const connectUrl = link(place, id, finding);
      const episode: Episode = Object.freeze({
        episode: id,
        user: place.user,
        ...(finding.scope !== 'user' && place.vehicle !== undefined && {vehicle: place.vehicle}),
        scope: finding.scope,
        ...(finding.scope === 'permission' && permissionOf(place)),
        reason: reasonOf(finding),
        ...(connectUrl !== undefined && {connectUrl}),
        since: clock.now(),
      });
      const {generation} = finding;
      const opened = {
        episode,
        generation,
        probeAt: clock.monotonic() + probeAfterMs,
        waiting: new Set<() => void>(),
      };
      open.set(key, opened);
      byId.set(id, opened);
      watch.opened(episode, messageOf(finding, episode, voice));
      return episode;
    },
    succeeded(place, sentAt, generation) {
      if (open.size === 0) return;
      // A missing permission without a name parks nothing, yet ends as others do.
      for (const key of new Set([keyOf(place, 'permission'), ...keysOf(place)])) {
        const found = open.get(key);
        if (found && proves(found, sentAt, generation)) finish(key, 'success');
      }
    },
    end(user, vehicle, by) {
      let count = 0;
      for (const [key, {episode}] of open) {
        if (episode.user !== user || !concerns(episode, vehicle)) continue;
        finish(key, by);
        count += 1;
      }
      return count;
    },
    list: () => [...open.values()].map(({episode}) => episode),
    over: (id, signal) =>
      new Promise((resolve, reject) => {
        const found = byId.get(id);
        if (!found) return resolve();
        if (signal.aborted) return reject(signal.reason);
        const wake = (): void => {
          found.waiting.delete(wake);
          signal.removeEventListener('abort', stop);
          resolve();
        };
        const stop = (): void => {
          found.waiting.delete(wake);
          reject(signal.reason);
        };
        found.waiting.add(wake);
        signal.addEventListener('abort', stop, {once: true});
      }),
  };
}

const MOST_ENDINGS = 10_000;

/** An episode of a call that named no car may be about any. */
function concerns({scope, vehicle}: Episode, wanted: string | undefined): boolean {
  return wanted === undefined || vehicle === wanted || (scope !== 'user' && vehicle === undefined);
}

/**
 * What was sent before the episode opened, or within the same millisecond, proves nothing about what came after. Nor
 * does a dead grant's access token, which goes on working until its own end.
 */
function proves({episode, generation}: Open, sentAt: number, usedGeneration: string | undefined): boolean {
  if (sentAt <= episode.since) return false;
  return generation === undefined || (usedGeneration !== undefined && usedGeneration !== generation);
}

/** The narrowest first, so that a call is told about what concerns it most. */
function keysOf(place: Place): readonly string[] {
  const keys = [keyOf(place, 'vehicle'), keyOf(place, 'user')];
  return place.permission === undefined ? keys : [keyOf(place, 'permission'), ...keys];
}

/**
 * A missing permission without a name parks nothing, since nobody could tell which calls it stops. A car that was not
 * named is told apart by what was asked of it.
 */
function keyOf({user, vehicle, permission = ''}: Place, scope: Episode['scope']): string {
  if (scope === 'user') return JSON.stringify([user]);
  if (scope === 'permission') return JSON.stringify([user, vehicle ?? '', permission]);
  return JSON.stringify(vehicle === undefined ? [user, {of: permission}] : [user, vehicle]);
}

/** A call without a known endpoint is parked under its operation's name, which is no permission. */
function permissionOf({permission}: Place): {readonly permission?: string} {
  return permission !== undefined && /^(read|control)_/.test(permission) ? {permission} : {};
}

/** The server's words for it where there are any: `CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED`. */
function reasonOf({failure, reason}: Finding): string {
  if (failure.type === undefined) return reason;
  return failure.code === undefined ? failure.type : `${failure.type}:${failure.code}`;
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
