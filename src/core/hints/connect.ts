import {aboutOf} from './about.ts';
import type {Hint} from './facts.ts';

const ADVICE: ReadonlyMap<string, string> = new Map([
  [
    'configuration_error',
    'See whether the redirect URI of the link is registered in the dashboard, and whether v3 links carry the Application ID (`connect.applicationId`), not the client id.',
  ],
  [
    'server_error',
    'The fault is at Smartcar: the same link works later, and the episode stays open until then.',
  ],
  [
    'access_denied',
    'The owner did not allow what `connect.scope` asks for: each permission less is a reason less to decline.',
  ],
  ['vehicle_incompatible', 'Ask `GET /v2.0/compatibility` by VIN before an owner is sent to Connect.'],
  ['invalid_subscription', "The car has no connected services at its maker: Connect can't mend that."],
  ['no_vehicles', 'The account at the maker is empty, or it is another one than that of the car.'],
]);

/** What Connect's redirect says instead of a code. */
export const connect: Hint = facts => {
  if (aboutOf(facts) !== 'CONNECT') return [];
  const advice = ADVICE.get(facts.failure.type ?? '');
  return advice === undefined ? [] : [advice];
};
