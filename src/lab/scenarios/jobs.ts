import type {Job} from '../scenario.ts';
import type {Dice} from '../service/smartcar.ts';

/** So many a second, each at a moment of its own: as many people do who know nothing of one another. */
export function* arrivals(
  perSecond: (at: number) => number,
  durationMs: number,
  dice: Dice,
  jobAt: (at: number, number: number) => Job,
): Generator<Job> {
  let at = 0;
  for (let number = 0; ; number++) {
    // The gaps of a Poisson process.
    at += (-Math.log(1 - dice.share()) * 1_000) / perSecond(at);
    if (at >= durationMs) return;
    yield jobAt(at, number);
  }
}

/** Calls to cars at random, a share of them commands. */
export function mixed(
  perSecond: number,
  commands: number,
  patienceMs: number,
  {cars, durationMs}: {readonly cars: number; readonly durationMs: number},
  dice: Dice,
): Generator<Job> {
  return arrivals(
    () => perSecond,
    durationMs,
    dice,
    (at, number) => ({
      at,
      car: Math.floor(dice.share() * cars),
      kind: dice.share() < commands ? 'command' : 'read',
      reading: number,
      patienceMs,
    }),
  );
}

/** Each car once in each period, in turn and at about its time, as a good scheduler does. */
export function* polls(
  {cars, durationMs}: {readonly cars: number; readonly durationMs: number},
  everyMs: number,
  dice: Dice,
): Generator<Job> {
  const gapMs = everyMs / cars;
  for (let poll = 0; poll * gapMs < durationMs; poll++) {
    const at = (poll + dice.share()) * gapMs;
    yield {at, car: poll % cars, kind: 'read', reading: Math.floor(poll / cars), patienceMs: everyMs};
  }
}

/** All at the same moment, again and again: readings of each car, as many as are given. */
export function* bursts(
  {cars, durationMs}: {readonly cars: number; readonly durationMs: number},
  everyMs: number,
  readings: number,
  patienceMs: number,
): Generator<Job> {
  for (let at = 0; at < durationMs; at += everyMs) {
    for (let reading = 0; reading < readings; reading++) {
      for (let car = 0; car < cars; car++) yield {at, car, kind: 'read', reading, patienceMs};
    }
  }
}
