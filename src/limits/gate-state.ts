import type {GateState} from '../ports.ts';
import type {Lane} from './lane.ts';

/** What a lane is like now, for people. */
export function stateOf(lane: Lane, now: number): GateState {
  const {key, until, reason, waiting, inside} = lane;
  const rate = lane.rate(now);
  return {
    scope: key,
    ...(lane.restMs(now) > 0 && {until}),
    ...(reason !== '' && {reason}),
    waiting,
    inFlight: inside,
    ...(rate && {
      rate: {
        source: rate.learned ? ('learned' as const) : ('set' as const),
        perMinute: 60_000 / rate.intervalMs,
        bucket: rate.size,
        available: rate.available,
      },
    }),
  };
}
