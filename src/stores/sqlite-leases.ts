import {randomUUID} from 'node:crypto';
import type {Lock} from '../ports.ts';
import type {SqliteFile} from './sqlite-file.ts';

/** Its holder renews it each third of this, so that one who is only slow keeps it. */
const LEASE_MS = 15_000;
/** Leases of others that were looked at; each that is forgotten is watched from its beginning again. */
const MOST_WATCHED = 10_000;

/**
 * Locks in the file. A lease is known by its beat, which is another after each renewal: whoever has seen the same one for
 * the length of a lease takes it from a holder that must have died. No wall clock has a part in it, since that can be set
 * in the middle of a refresh; time is what passes here.
 */
export function sqliteLeases({db, patiently}: SqliteFile, monotonic: () => number): Lock {
  const read = db.prepare('SELECT beat FROM locks WHERE name = ?');
  const take = db.prepare(`
    INSERT INTO locks (name, beat) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET beat = excluded.beat WHERE beat = ?`);
  const prolong = db.prepare('UPDATE locks SET beat = ? WHERE name = ? AND beat = ?');
  const give = db.prepare('DELETE FROM locks WHERE name = ? AND beat = ?');
  const watched = new Map<string, {readonly beat: string; readonly since: number}>();

  const watch = (name: string, beat: string): void => {
    if (watched.size >= MOST_WATCHED) watched.clear();
    watched.set(name, {beat, since: monotonic()});
  };

  /** Whether nobody holds it any more, as far as can be seen from here. */
  function isOver(name: string, beat: string, leaseMs: number): boolean {
    const known = watched.get(name);
    if (known?.beat === beat) return monotonic() - known.since >= leaseMs;
    watch(name, beat);
    return false;
  }

  return {
    leaseMs: LEASE_MS,
    acquire: (name, leaseMs) =>
      patiently(() => {
        const standing = read.get(name)?.['beat'];
        if (standing !== undefined && !isOver(name, String(standing), leaseMs)) return undefined;
        let beat: string = randomUUID();
        // Somebody else may have taken it since it was read.
        if (take.run(name, beat, standing ?? null).changes === 0) return undefined;
        watch(name, beat);
        return {
          renew: () =>
            patiently(() => {
              const next = randomUUID();
              if (prolong.run(next, name, beat).changes === 0) return false;
              beat = next;
              watch(name, beat);
              return true;
            }),
          release: () =>
            patiently(() => {
              give.run(name, beat);
              watched.delete(name);
            }),
        };
      }),
  };
}
