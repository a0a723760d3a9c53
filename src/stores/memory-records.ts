import type {EpisodeRecord, EpisodeRecords, Marks} from '../ports.ts';

/** Times of endings that are kept. */
const MOST_ENDINGS = 10_000;

/** Episodes of this process, gone with it. */
export function memoryEpisodes(): EpisodeRecords {
  const byId = new Map<string, EpisodeRecord>();
  const idOf = new Map<string, string>();
  const endings = new Map<string, number>();
  return {
    shared: false,
    async open(record) {
      const standing = byId.get(idOf.get(record.key) ?? '');
      if (standing) return {record: standing, opened: false};
      byId.set(record.episode, record);
      idOf.set(record.key, record.episode);
      return {record, opened: true};
    },
    get: async episode => byId.get(episode),
    async end(episode, now) {
      const ended = byId.get(episode);
      if (!ended) return undefined;
      byId.delete(episode);
      idOf.delete(ended.key);
      if (endings.size >= MOST_ENDINGS) endings.clear();
      endings.set(ended.key, now);
      return ended;
    },
    endedAt: async key => endings.get(key),
    async move(episode, time, from, to) {
      const standing = byId.get(episode);
      if (standing?.[time] !== from) return false;
      byId.set(episode, {...standing, [time]: to});
      return true;
    },
    list: async () => [...byId.values()],
    atHand: () => [...byId.values()],
  };
}

/** So many marks are looked through for those that are over, each time their number has doubled. */
const SWEEP_FROM = 1_000;

/** Marks of this process, gone with it. */
export function memoryMarks(): Marks {
  const marks = new Map<string, number>();
  let sweepAt = SWEEP_FROM;
  return {
    async set(mark, until, now) {
      if ((marks.get(mark) ?? -Infinity) > now) return false;
      marks.set(mark, until);
      if (marks.size < sweepAt) return true;
      for (const [name, end] of marks) if (end <= now) marks.delete(name);
      sweepAt = Math.max(SWEEP_FROM, marks.size * 2);
      return true;
    },
    async keep(mark, until) {
      marks.set(mark, until);
    },
    async clear(mark) {
      marks.delete(mark);
    },
  };
}
