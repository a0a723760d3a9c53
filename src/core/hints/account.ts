import {aboutOf} from './about.ts';
import type {Hint} from './facts.ts';

const ADVICE: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'AUTHENTICATION_FAILED',
    [
      'If an owner returns every day, two cars of one account at the maker may throw each other out: connect both in one go through Connect.',
    ],
  ],
  [
    'NO_VEHICLES',
    [
      'The account at the maker is empty: the car has to be added there first, else Connect ends the same way.',
    ],
  ],
  [
    'PERMISSION',
    [
      'The access was taken back at the maker, not in Connect: a wider `connect.scope` does not help (a Tesla has its own page for it).',
    ],
  ],
  [
    'VIRTUAL_KEY_REQUIRED',
    [
      "Only commands need Tesla's virtual key; reads go on. `failure.resolution.url` is Tesla's page for it, no Connect link.",
    ],
  ],
  [
    'VEHICLE_MISSING',
    [
      'If the owner has sold the car, disconnect it and stop calling: it is counted as long as it is connected.',
    ],
  ],
]);

/** The owner's account at the car's maker. */
export const account: Hint = facts => {
  if (aboutOf(facts) !== 'ACCOUNT') return [];
  const code = facts.failure.code ?? '';
  return ADVICE.get(code === 'VOA_000' ? 'AUTHENTICATION_FAILED' : code) ?? [];
};
