import {levelOf} from '../core/pacing/bucket.ts';
import type {GateState} from '../ports.ts';
import type {Lane} from './lane.ts';

/** What a lane is like now, for people. */
export function stateOf(lane: Lane, now: number): GateState {
  const {key, until, reason, waiting, inside, rate} = lane;
  return {
    scope: key,
    ...(lane.restMs(now) > 0 && {until}),
    ...(reason !== '' && {reason}),
    waiting,
    inFlight: inside,
    ...(rate && {
      rate: {
        source: rate.learned ? ('learned' as const) : ('set' as const),
        perMinute: 60_000 / rate.bucket.intervalMs,
        bucket: rate.bucket.size,
        available: Math.max(0, Math.floor(levelOf(rate.bucket, now))),
      },
    }),
  };
}
