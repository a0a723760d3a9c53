import type {Kind} from '../../../src/limits/kinds.ts';
import {Lane} from '../../../src/limits/lane.ts';
import {waitingRoom} from '../../../src/limits/waiting-room.ts';

/** The lane of a scope without limits of its own, or with these. */
export function laneOf(kind: Partial<Kind> = {}): Lane {
  return new Lane('vehicle:a', {
    places: Infinity,
    crowd: Infinity,
    opening: 'doubling',
    learnedSize: 1,
    ...kind,
  });
}

/** A call that is under way. */
export interface Going {
  readonly epoch: number;
  readonly failedProbes: number;
  readonly paced: boolean;
  /** Returns whether the pace has changed. */
  readonly back: (now: number, passed?: boolean) => boolean;
}

export function go(lane: Lane, now: number): Going {
  const paced = lane.paces(now);
  const failedProbes = lane.take(now);
  const {epoch} = lane;
  const back = (at: number, passed = true): boolean => lane.leave(epoch, passed, paced, at);
  return {epoch, failedProbes, paced, back};
}

export interface Shutting {
  /** Whether the one who was refused had been let in since the gate last closed. */
  readonly current?: boolean;
  readonly limit?: boolean;
  readonly toldMs?: number;
  readonly reason?: string;
}

/** Shuts it at `now` until `until`, on a wall clock that is one million ahead. Returns whether that changed anything. */
export function shut(lane: Lane, now: number, until: number, of: Shutting = {}): boolean {
  const {current = true, limit = false, toldMs, reason = 'told'} = of;
  const closing = {until: 1_000_000 + until, reason, limit, ...(toldMs !== undefined && {toldMs})};
  return lane.close(closing, until, current, now);
}

/** A limit that told to wait until then. */
export const limit = (lane: Lane, now: number, until: number): boolean =>
  shut(lane, now, until, {limit: true, toldMs: until - now});

/** Somebody waits for a place; returns how to let them go. */
export function waits(lane: Lane): () => void {
  const room = (lane.room ??= waitingRoom(10, () => undefined));
  const waiter = {priority: 5, latest: Infinity, turn: () => false, refuse: () => undefined};
  room.enter(waiter);
  return () => room.leave(waiter);
}
