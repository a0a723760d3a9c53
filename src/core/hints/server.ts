import {aboutOf, isV3} from './about.ts';
import type {Hint} from './facts.ts';

const CODES: ReadonlyMap<string, string> = new Map([
  [
    'RECORD_NOT_FOUND',
    "Smartcar's own records lack something about this car, its battery capacity mostly: no repeat brings it.",
  ],
  [
    'MULTIPLE_RECORDS_FOUND',
    "Smartcar's own records fit several variants of this car: only its support can tell them apart.",
  ],
  ['INTERNAL', 'A fault inside Smartcar: if it lasts, its support needs the request and the time.'],
  ['INVALID_DATA', "The maker's answer made no sense to Smartcar; other endpoints of the car may work."],
  ['KNOWN_ISSUE', 'Smartcar knows of a fault at the maker: its status page says when it is over.'],
  ['NO_RESPONSE', "The maker's server did not answer Smartcar."],
  ['UNKNOWN_ISSUE', 'Something at the maker failed that Smartcar does not know: a repeat may not help.'],
]);

/** Smartcar's own faults, and those of the maker behind it. */
export const server: Hint = facts => {
  const {failure} = facts;
  const about = aboutOf(facts);
  if (about === 'SERVER' || about === 'UPSTREAM') {
    if (failure.code === 'RATE_LIMIT') return [];
    const advice = CODES.get(failure.code ?? '');
    if (advice !== undefined) return [advice];
    return [
      about === 'SERVER' ? 'The fault is at Smartcar.' : "The fault is behind Smartcar, at the car's maker.",
    ];
  }
  return failure.type === undefined && failure.status === 504 && isV3(facts)
    ? [
        'v3 answers 504 where the maker took too long: a read can be repeated, a command may still be carried out.',
      ]
    : [];
};

/** A body that names no type: of a proxy, or of v3 behind the official SDK, which drops it. */
export const untyped: Hint = facts => {
  const {failure, sent, oauth} = facts;
  const {type, status, requestId} = failure;
  if (type !== undefined || status === undefined || oauth === true || failure.code !== undefined) return [];
  if (sent === undefined && (isV3(facts) || requestId !== undefined)) {
    return [
      `No error type is known beside the status ${status}: the official SDK drops what v3 says (\`SDK_ERROR\`); the fetch door of the policy reads it.`,
    ];
  }
  return requestId === undefined
    ? [`The answer ${status} has no error type and no request id: a proxy on the way may have given it.`]
    : [
        `The answer ${status} has no error type, yet Smartcar's request id: it is Smartcar's, and not to be read.`,
      ];
};
