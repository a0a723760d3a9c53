import type {UsageCounts} from '../ports.ts';
import type {SqliteFile} from './sqlite-file.ts';

/** Counts calls in the file, for all processes that share it. */
export function sqliteUsage({db, patiently, immediate}: SqliteFile): UsageCounts {
  const raise = db.prepare(`
    INSERT INTO usage (period, vehicle, calls) VALUES (?, ?, ?)
    ON CONFLICT (period, vehicle) DO UPDATE SET calls = calls + excluded.calls RETURNING calls`);
  const select = db.prepare('SELECT calls FROM usage WHERE period = ? AND vehicle = ?');
  const remove = db.prepare('DELETE FROM usage WHERE period < ?');
  return {
    async add(period, calls) {
      if (calls.size === 0) return new Map();
      // A copy: the caller may change its own while this waits for another process.
      const added = [...calls];
      return patiently(() =>
        immediate(
          () => new Map(added.map(([vehicle, more]) => [vehicle, callsOf(raise.get(period, vehicle, more))])),
        ),
      );
    },
    count: (period, vehicle) => patiently(() => callsOf(select.get(period, vehicle))),
    forget: before => patiently(() => void remove.run(before)),
  };
}

function callsOf(row: Record<string, unknown> | undefined): number {
  return Number(row?.['calls'] ?? 0);
}
