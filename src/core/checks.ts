/** What a member has to be, in words, and whether it is. */
export type Check = readonly [expected: string, passes: (value: unknown) => boolean];

export const FLAG: Check = ['true or false', value => typeof value === 'boolean'];

export const PRIORITY: Check = [
  'a whole number from 0 (first) to 9',
  value => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 9,
];
