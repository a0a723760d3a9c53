import type {Change} from '../fleet/changes.ts';
import {findSignalFault, signals} from '../v3/signals.ts';
import type {World} from '../world.ts';
import {changedSignals} from './changed-signals.ts';
import type {Occurrence, Subject} from './events.ts';
import type {ErrorEvent} from './types.ts';

/** Makes events of what happens in the fleet. */
export interface Translator {
  translate(world: World, change: Change): Occurrence[];
}

const lostLogin = 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED';

export function createTranslator(): Translator {
  /** What each open error was said to concern: its end concerns the same. */
  const concerned = new Map<string, readonly string[]>();

  function open({car, owner}: Subject, error: string, codes: readonly string[]): ErrorEvent {
    concerned.set(`${car.state.id} ${owner.id} ${error}`, codes);
    return {vehicle: car.state.id, error, signals: codes};
  }

  function end({car, owner}: Subject, error: string, codes?: readonly string[]): ErrorEvent {
    const key = `${car.state.id} ${owner.id} ${error}`;
    const named = codes ?? concerned.get(key);
    concerned.delete(key);
    const event = {vehicle: car.state.id, error, state: 'RESOLVED'} as const;
    return named === undefined ? event : {...event, signals: named};
  }

  function ofFault(world: World, subject: Subject, former: string | undefined): ErrorEvent[] {
    const {fault} = subject.car.state;
    return [
      ...(former === undefined ? [] : [end(subject, former)]),
      ...(fault === undefined ? [] : [open(subject, fault, failing(world, subject, fault))]),
    ];
  }

  return {
    translate(world, change) {
      if (change.kind === 'state') {
        const {before} = change;
        const errors = 'fault' in before ? ofFault(world, change, before.fault) : [];
        const triggers = readable(world, change, Object.keys(before));
        const {id: vehicle} = change.car.state;
        return triggers.length === 0 ? errors : [...errors, {vehicle, triggers}];
      }
      const tell = change.kind === 'lost' ? open : end;
      if (change.what !== 'login') return [tell(change, 'PERMISSION', covered(change.what))];
      return change.kind === 'lost'
        ? [open(change, lostLogin, failing(world, change, lostLogin))]
        : [end(change, lostLogin)];
    },
  };
}

/** The signals that a permission opens. Permissions to command open none. */
function covered(permission: string): string[] {
  return signals.filter(signal => signal.permission === permission).map(({code}) => code);
}

function failing(world: World, subject: Subject, error: string): string[] {
  return signals
    .filter(signal => findSignalFault(world, subject, signal)?.error === error)
    .map(({code}) => code);
}

/** What changed and can be read: of a car that can't be reached, nobody learns anything new. */
function readable(world: World, subject: Subject, changed: readonly string[]): string[] {
  const codes = new Set(
    Object.entries(changedSignals).flatMap(([key, found]) => (changed.includes(key) ? found : [])),
  );
  return signals
    .filter(signal => codes.has(signal.code) && findSignalFault(world, subject, signal) === undefined)
    .map(({code}) => code);
}
