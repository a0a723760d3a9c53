import type {EpisodeRecord, EpisodeRecords, Marks} from '../ports.ts';
import type {SqliteFile} from './sqlite-file.ts';

const DAY_MS = 86_400_000;

/** Open episodes in the file: the times that change in columns of their own, the rest as JSON. */
export function sqliteEpisodes({db, patiently, immediate}: SqliteFile): EpisodeRecords {
  const insert = db.prepare(`
    INSERT INTO episodes (id, key, probe_at, told_at, record) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`);
  const byKey = db.prepare('SELECT * FROM episodes WHERE key = ?');
  const byId = db.prepare('SELECT * FROM episodes WHERE id = ?');
  const all = db.prepare('SELECT * FROM episodes ORDER BY rowid');
  const remove = db.prepare('DELETE FROM episodes WHERE id = ? RETURNING *');
  const forget = db.prepare('DELETE FROM endings WHERE at < ?');
  const note = db.prepare(
    'INSERT INTO endings (key, at) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET at = excluded.at',
  );
  const lastEnd = db.prepare('SELECT at FROM endings WHERE key = ?');
  const moves = {
    probeAt: db.prepare('UPDATE episodes SET probe_at = ? WHERE id = ? AND probe_at = ?'),
    toldAt: db.prepare('UPDATE episodes SET told_at = ? WHERE id = ? AND told_at = ?'),
  };
  return {
    shared: true,
    open: record =>
      patiently(() =>
        immediate(() => {
          const {episode, key, probeAt, toldAt} = record;
          const {changes} = insert.run(episode, key, probeAt, toldAt, JSON.stringify(record));
          return {record: readRecord(byKey.get(key)) ?? record, opened: changes > 0};
        }),
      ),
    get: episode => patiently(() => readRecord(byId.get(episode))),
    end: (episode, now) =>
      patiently(() =>
        immediate(() => {
          const ended = readRecord(remove.get(episode));
          if (!ended) return undefined;
          forget.run(now - DAY_MS);
          note.run(ended.key, now);
          return ended;
        }),
      ),
    endedAt: key =>
      patiently(() => {
        const row = lastEnd.get(key);
        return row && Number(row['at']);
      }),
    move: (episode, time, from, to) =>
      patiently(() => Number(moves[time].run(to, episode, from).changes) > 0),
    list: () => patiently(() => all.all().flatMap(row => readRecord(row) ?? [])),
  };
}

function readRecord(row: Record<string, unknown> | undefined): EpisodeRecord | undefined {
  if (!row) return undefined;
  const record = JSON.parse(String(row['record'])) as EpisodeRecord;
  return {...record, probeAt: Number(row['probe_at']), toldAt: Number(row['told_at'])};
}

/** Marks in the file; those that are over go when others come. */
export function sqliteMarks({db, patiently, immediate}: SqliteFile): Marks {
  const tidy = db.prepare('DELETE FROM marks WHERE until <= ?');
  const insert = db.prepare('INSERT INTO marks (mark, until) VALUES (?, ?) ON CONFLICT (mark) DO NOTHING');
  const upsert = db.prepare(
    'INSERT INTO marks (mark, until) VALUES (?, ?) ON CONFLICT (mark) DO UPDATE SET until = excluded.until',
  );
  const remove = db.prepare('DELETE FROM marks WHERE mark = ?');
  return {
    set: (mark, until, now) =>
      patiently(() =>
        immediate(() => {
          tidy.run(now);
          return Number(insert.run(mark, until).changes) > 0;
        }),
      ),
    keep: (mark, until) => patiently(() => void upsert.run(mark, until)),
    clear: mark => patiently(() => void remove.run(mark)),
  };
}
