import type {Needs} from '../index.ts';

/** How `smartcar-policy explain` ends: by who has to act, so that a script can tell. From what blocks most. */
export const EXIT_CODES: Readonly<Record<Needs, number>> = {
  finance: 13,
  support: 12,
  developer: 11,
  owner: 10,
  nobody: 0,
};
