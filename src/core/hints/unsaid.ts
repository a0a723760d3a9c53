import {aboutOf, type About} from './about.ts';
import type {Hint} from './facts.ts';
import {quoted} from './wording.ts';

/** Kinds of failures whose cause stands in the request. */
const OF_THE_REQUEST: ReadonlySet<About | undefined> = new Set<About | undefined>([
  'VALIDATION',
  'AUTHENTICATION',
  'RESOURCE_NOT_FOUND',
]);

/** v1.0's names of errors. */
export const oldDialect: Hint = ({failure: {type = ''}, reason}) =>
  /^(.+_error|monthly_limit_exceeded|vehicle_owner_action_required)$/.test(type) &&
  reason !== 'connect-refused'
    ? ['The answer is of v1.0, which has not been supported since January 2023: call v2.0 or v3.']
    : [];

/** A resolution that is newer than this package. */
export const newResolution: Hint = ({reason, failure: {resolution}}) =>
  reason === 'resolution-unknown' && resolution?.type
    ? [
        `This version does not know the resolution ${quoted(resolution.type)}: a newer one of smartcar-policy may.`,
      ]
    : [];

/** What would make these hints better. */
export const tellMore: Hint = facts => {
  const about = aboutOf(facts);
  if (!OF_THE_REQUEST.has(about)) return [];
  // The method and URL are all that a path that is not found takes.
  const isEnough = facts.sent && (about === 'RESOURCE_NOT_FOUND' || facts.sent.partly !== true);
  return isEnough
    ? []
    : [
        'Give `policy.explain` the request (`{request: {method, url, headers, body}}`), and it looks at that too.',
      ];
};
