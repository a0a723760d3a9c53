import {aboutOf} from './about.ts';
import type {Hint} from './facts.ts';
import {quoted} from './wording.ts';

/** What the car, its maker or Smartcar can't do: known before the first call to it. */
export const compatibility: Hint = facts => {
  if (aboutOf(facts) !== 'COMPATIBILITY') return [];
  const {failure, endpoint, vehicle} = facts;
  const permission = endpoint?.permission;
  const car = vehicle === undefined ? 'this car' : quoted(vehicle);
  const ask = `\`GET /v2.0/compatibility\` tells by VIN${permission === undefined ? '' : ` and ${quoted(permission)}`}`;
  switch (failure.code) {
    case 'MAKE_NOT_COMPATIBLE':
      return [`No call to ${car} can succeed: ${ask}; ask it before an owner is sent to Connect.`];
    case 'PLATFORM_NOT_CAPABLE':
      return [
        'The connection is of an older integration of the maker (Tesla, mostly): it becomes able when the owner connects again.',
      ];
    case 'SMARTCAR_NOT_CAPABLE':
      return [
        `Smartcar has not built this for the make yet: remember it for ${car}, and ask Smartcar when it will come.`,
      ];
    case undefined:
    default:
      return [`Remember it for ${car} and stop asking: ${ask}, before the first call.`];
  }
};
