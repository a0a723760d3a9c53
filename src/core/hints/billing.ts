import {aboutOf} from './about.ts';
import type {Hint} from './facts.ts';
import {at, quoted} from './wording.ts';

/** Which limit of the plan, how long it holds, and that asking again is no way out. */
export const billing: Hint = facts => {
  if (aboutOf(facts) !== 'BILLING') return [];
  const {failure, vehicle, retryAt, endpoint} = facts;
  const permission = endpoint?.permission;
  const car = vehicle === undefined ? 'this car' : quoted(vehicle);
  const when = retryAt === undefined ? undefined : at(retryAt);
  const until = when === undefined ? 'until your billing period ends' : `until ${when}`;
  switch (failure.code) {
    case 'VEHICLE_LIMIT':
      return [
        `The plan has no place for another car: ${car} stays out ${until}, or until the plan grows or another is disconnected.`,
      ];
    case 'INVALID_PLAN':
      return [
        `The plan does not include ${permission === undefined ? 'this feature' : `what needs ${quoted(permission)}`}: no other call or time changes that, only another plan.`,
      ];
    case 'ACCOUNT_SUSPENDED':
      return ['Every call of this application fails until the open invoice is paid: stop the pollers.'];
    case 'VEHICLE_REQUEST_LIMIT':
      return [
        `The calls of ${car} are used up ${until}, or until the plan grows; a repeat counts as a call too.`,
        'Each path of a batch counts as one call; webhooks deliver readings without any.',
      ];
    case undefined:
    default:
      return [`A limit of the plan holds for ${car} ${until}; a repeat may count as a call too.`];
  }
};
