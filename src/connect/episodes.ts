import type {
  Clock,
  Episode,
  EpisodeEnd,
  EpisodeRecord,
  EpisodeRecords,
  Episodes,
  OpenEpisode,
  Place,
} from '../ports.ts';
import {dueTimes, type Due, type DueSettings} from './due.ts';
import {concerns, keyOf, keysOf} from './episode-keys.ts';
import {episodeOf, recordsOf, wholeMs, type RecordSettings} from './episode-record.ts';
import {untilOver} from './until-over.ts';

/** Told when an episode opens and when it is over; once each, whoever shares the store. */
export interface EpisodeWatch {
  opened(episode: Episode, message: string, reminder: boolean): void;
  /** `waiting`: how many calls go on now. */
  over(episode: Episode, by: EpisodeEnd, waiting: number): void;
}

export interface EpisodeSettings extends RecordSettings, DueSettings {
  readonly records: EpisodeRecords;
  readonly clock: Required<Pick<Clock, 'now' | 'monotonic' | 'timer'>>;
  readonly watch: EpisodeWatch;
  /** The same link with a state that is good for a while. */
  readonly renew: (link: string) => string;
  /** The generation of the pair that is stored for a user. */
  readonly grantOf: (user: string) => Promise<string | undefined>;
}

interface Open {
  record: EpisodeRecord;
  due: Due;
  readonly waiting: Set<() => void>;
}

/** Episodes as the store has them, with what this process knows of them at hand. */
export function storedEpisodes(settings: EpisodeSettings): Episodes {
  const {records, clock, watch, renew, grantOf, probeAfterMs, remindAfterMs} = settings;
  const open = new Map<string, Open>();
  const byId = new Map<string, Open>();
  const newRecord = recordsOf(settings);
  const dueOf = dueTimes(settings);
  let loading: Promise<void> | undefined;
  let loaded = records.atHand !== undefined;
  for (const record of records.atHand?.() ?? []) keep(record);

  function keep(record: EpisodeRecord): Open {
    const known = byId.get(record.episode);
    const due = dueOf(record, known);
    if (known) return Object.assign(known, {record, due});
    const kept = {record, due, waiting: new Set<() => void>()};
    open.set(record.key, kept);
    byId.set(record.episode, kept);
    return kept;
  }

  /** It is over: those who wait for it go on. */
  function drop({record, waiting}: Open): void {
    if (open.get(record.key)?.record.episode === record.episode) open.delete(record.key);
    byId.delete(record.episode);
    for (const wake of waiting) wake();
  }

  /** Resolves with whether it was this one who ended it. */
  async function finish(found: Open, by: EpisodeEnd): Promise<boolean> {
    const waiting = found.waiting.size;
    const ended = await records.end(found.record.episode, wholeMs(clock.now()));
    if (ended) watch.over(episodeOf(ended), by, waiting);
    if (byId.has(found.record.episode)) drop(found);
    return ended !== undefined;
  }

  /** Whoever stored the pair that takes the place of a dead grant may have died before they ended its episode. */
  async function takeIn(record: EpisodeRecord): Promise<void> {
    const {generation, user} = record;
    const found = keep(record);
    const stored = generation === undefined ? undefined : await grantOf(user).catch(() => undefined);
    if (stored !== undefined && stored !== generation) await finish(found, 'tokens').catch(() => false);
  }

  const find = (place: Place): Open | undefined => {
    if (open.size === 0) return undefined;
    for (const key of keysOf(place)) {
      const found = open.get(key);
      if (found && found.record.outsideScope !== true) return found;
    }
    return undefined;
  };

  /** A failure that was sent before the last episode here was over. A clock that was set back makes nothing old. */
  async function isOldNews(key: string, sentAt: number | undefined): Promise<boolean> {
    if (sentAt === undefined) return false;
    const ended = await records.endedAt(key);
    return ended !== undefined && sentAt < ended && ended <= clock.now();
  }

  /** As it is told: with a link that can still be followed for a while. */
  function shown(record: EpisodeRecord): Episode {
    const {connectUrl, ...episode} = episodeOf(record);
    return connectUrl === undefined ? episode : {...episode, connectUrl: renew(connectUrl)};
  }

  function toldAgain(record: EpisodeRecord): OpenEpisode {
    const episode = shown(record);
    const {connectUrl: old = '', userMessage} = record;
    return {...episode, userMessage: userMessage.replace(old, () => episode.connectUrl ?? old)};
  }

  async function look(found: Open): Promise<boolean> {
    const record = await records.get(found.record.episode);
    if (record) keep(record);
    else if (byId.has(found.record.episode)) drop(found);
    return record !== undefined;
  }

  /** Where the store cannot be asked, what this process knows has to do. */
  const stillOpen = (found: Open): Promise<boolean> =>
    look(found).catch(() => byId.has(found.record.episode));

  async function remind({record, due}: Open): Promise<void> {
    if (clock.monotonic() < due.reminder) return;
    const {episode, toldAt} = record;
    const now = wholeMs(clock.now());
    if (!(await records.move(episode, 'toldAt', toldAt, now))) return;
    keep({...record, toldAt: now});
    const {userMessage, ...told} = toldAgain(record);
    watch.opened(told, userMessage, true);
  }

  return {
    get loaded() {
      return loaded;
    },
    load: () =>
      loaded
        ? Promise.resolve()
        : (loading ??= records
            .list()
            .then(all => Promise.all(all.map(takeIn)))
            .then(
              () => void (loaded = true),
              (error: unknown) => {
                loading = undefined;
                throw error;
              },
            )),
    get any() {
      return open.size > 0;
    },
    parking: place => {
      const found = find(place);
      return found && shown(found.record);
    },
    async holds(id) {
      const found = byId.get(id);
      if (!found || (records.shared && !(await stillOpen(found)))) return false;
      if (remindAfterMs < Infinity) await remind(found).catch(() => undefined);
      return true;
    },
    async probe(id) {
      const found = byId.get(id);
      if (!found || clock.monotonic() < found.due.probe) return false;
      const {probeAt} = found.record;
      const next = wholeMs(clock.now() + probeAfterMs);
      const first = await records.move(id, 'probeAt', probeAt, next).catch(() => undefined);
      if (first === undefined) return false;
      if (first) keep({...found.record, probeAt: next});
      else await look(found);
      return first;
    },
    probeInMs: id => Math.max(0, (byId.get(id)?.due.probe ?? 0) - clock.monotonic()),
    async open(place, finding) {
      const key = keyOf(place, finding.scope);
      const known = open.get(key);
      if (known && (!records.shared || (await look(known)))) return shown(known.record);
      if (await isOldNews(key, finding.sentAt)) return undefined;
      const {record, opened} = await records.open(newRecord(key, place, finding));
      const kept = keep(record);
      if (opened) watch.opened(episodeOf(record), record.userMessage, false);
      return shown(kept.record);
    },
    async succeeded(place, sentAt, generation) {
      // A missing permission without a name parks nothing, yet ends as others do.
      for (const key of new Set([keyOf(place, 'permission'), ...keysOf(place)])) {
        const found = open.get(key);
        if (found && proves(found.record, sentAt, generation, clock.now())) await finish(found, 'success');
      }
    },
    async end(user, vehicle, by, which = () => true) {
      // Another process may have opened some.
      if (records.shared) for (const record of await records.list()) keep(record);
      const ending = [...open.values()].filter(
        ({record}) => record.user === user && concerns(record, vehicle) && which(episodeOf(record)),
      );
      const ended = await Promise.all(ending.map(one => finish(one, by)));
      return ended.filter(Boolean).length;
    },
    async list() {
      const all = await records.list();
      return all.map(toldAgain);
    },
    openedElsewhere: keep,
    overElsewhere(id) {
      const found = byId.get(id);
      if (found) drop(found);
    },
    async reread() {
      const before = [...byId.values()];
      const all = await records.list();
      const still = new Set(all.map(({episode}) => episode));
      // One that has opened meanwhile is in neither.
      for (const found of before) if (!still.has(found.record.episode)) drop(found);
      for (const record of all) keep(record);
      loaded = true;
    },
    over(id, signal) {
      const found = byId.get(id);
      if (!found) return Promise.resolve();
      return untilOver(found.waiting, signal, records.shared ? {clock, look: () => look(found)} : undefined);
    },
  };
}

/**
 * What was sent before the episode opened, or within the same millisecond, proves nothing about what came after. Nor
 * does a dead grant's access token, which goes on working until its own end. One that opened later than now is of a clock
 * that was set back since: by that one nothing can be told.
 */
function proves(
  {since, generation}: EpisodeRecord,
  sentAt: number,
  usedGeneration: string | undefined,
  now: number,
): boolean {
  if (sentAt <= since && since <= now) return false;
  return generation === undefined || (usedGeneration !== undefined && usedGeneration !== generation);
}
