import {START} from '../time.ts';
import type {Fault, ServiceRules} from '../scenario.ts';
import type {Dice} from './smartcar.ts';

/** How long an answer takes that is one of so many under way. */
export function latencyMs(
  {baseMs, perRequestMs = 0, spreadMs = 0}: ServiceRules['latency'],
  underWay: number,
  dice: Dice,
): number {
  return baseMs + perRequestMs * underWay + (spreadMs > 0 ? spreadMs * dice.share() : 0);
}

/** The fault that hits a request to a car of this make now, if the dice say so. */
export function faultNow(faults: readonly Fault[] | undefined, make: string, dice: Dice): Fault | undefined {
  const at = Date.now() - START;
  return faults?.find(
    fault =>
      at >= fault.from &&
      at < fault.until &&
      (fault.make === undefined || fault.make === make) &&
      dice.share() < fault.share,
  );
}
