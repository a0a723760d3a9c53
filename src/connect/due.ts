import type {Clock, EpisodeRecord} from '../ports.ts';

/** When something is due about an open episode, in milliseconds of the clock that nobody sets. */
export interface Due {
  readonly probe: number;
  readonly reminder: number;
}

export interface DueSettings {
  readonly clock: Required<Pick<Clock, 'now' | 'monotonic'>>;
  /** After this many milliseconds one call may try in spite of the episode. */
  readonly probeAfterMs: number;
  /** After this many milliseconds the owner is told again, when a call is parked. */
  readonly remindAfterMs: number;
}

type Known = {readonly record: EpisodeRecord; readonly due: Due} | undefined;

/**
 * Reads a record's times, which are those of a wall clock, once: from then on only time that passes counts. A clock that
 * was set back since they were written puts nothing off for longer than it takes anyhow.
 */
export function dueTimes(settings: DueSettings): (record: EpisodeRecord, known: Known) => Due {
  const {clock, probeAfterMs, remindAfterMs} = settings;
  const within = (mostMs: number, at: number): number =>
    clock.monotonic() + Math.min(mostMs, Math.max(0, at - clock.now()));
  return ({probeAt, toldAt}, known) => ({
    probe: known?.record.probeAt === probeAt ? known.due.probe : within(probeAfterMs, probeAt),
    reminder:
      known?.record.toldAt === toldAt ? known.due.reminder : within(remindAfterMs, toldAt + remindAfterMs),
  });
}
