import {randomUUID} from 'node:crypto';
import type {EpisodeRecord, EpisodeRecords, Marks} from '../ports.ts';
import type {StoreParts} from './pairs.ts';
import {end, list, move, open, setMark} from './scripts/records.ts';

const DAY_MS = 86_400_000;
/** An owner who has not come back for so long is gone. */
const KEPT_MS = 400 * DAY_MS;

/** Who looks whether it still is open is a call that is parked: it shall not wait to be told so. */
const LOOK_MS = 500;

type Row = readonly [record: string, probeAt: string, toldAt: string];

/** Open episodes: those who opened and ended them tell the others. */
export function redisEpisodes({connection, keys, worded}: StoreParts): EpisodeRecords {
  const {run, read} = connection;
  const base = keys.episodes;
  return {
    shared: true,
    async open(record) {
      const {episode, key, probeAt, toldAt} = record;
      const message = worded({t: 'opened', of: [record]});
      const args = [episode, key, JSON.stringify(record), probeAt, toldAt, KEPT_MS, keys.channel, message];
      const [opened, ...row] = (await run(open, [base], args)) as [0 | 1, ...Row];
      return {record: recordOf(row), opened: opened === 1};
    },
    async get(episode) {
      const [record, probeAt, toldAt] = await read(
        redis => redis.hmget(`${base}episode:${episode}`, 'record', 'probeAt', 'toldAt'),
        LOOK_MS,
      );
      return record && probeAt && toldAt ? recordOf([record, probeAt, toldAt]) : undefined;
    },
    async end(episode, now) {
      const message = worded({t: 'over', of: [episode]});
      const ended = await run(end, [base], [episode, now, randomUUID(), DAY_MS, keys.channel, message]);
      return ended ? recordOf(ended as unknown as Row) : undefined;
    },
    async endedAt(key) {
      const at = await read(redis => redis.get(`${base}ended:${key}`));
      return at === null ? undefined : Number(at);
    },
    move: async (episode, time, from, to) => (await run(move, [base], [episode, time, from, to])) === 1,
    async list() {
      const all = (await run(list, [base], [])) as readonly string[];
      return Array.from({length: all.length / 3}, (_, index) =>
        recordOf(all.slice(3 * index, 3 * index + 3) as unknown as Row),
      );
    },
  };
}

function recordOf([record, probeAt, toldAt]: Row): EpisodeRecord {
  return {...(JSON.parse(record) as EpisodeRecord), probeAt: Number(probeAt), toldAt: Number(toldAt)};
}

const markKeptMs = (until: number): number => Math.max(0, Math.ceil(until - Date.now())) + DAY_MS;

/** Marks: what says until when one stands is its value. It is kept for a day longer, since clocks differ. */
export function redisMarks({connection, keys}: StoreParts): Marks {
  const {run, read} = connection;
  return {
    set: async (mark, until, now) =>
      (await run(setMark, [keys.mark(mark)], [until, now, randomUUID(), markKeptMs(until)])) === 1,
    async keep(mark, until) {
      await read(redis => redis.set(keys.mark(mark), `${until}|`, 'PX', markKeptMs(until)));
    },
    async clear(mark) {
      await read(redis => redis.del(keys.mark(mark)));
    },
  };
}
