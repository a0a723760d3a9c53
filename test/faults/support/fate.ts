import * as fc from 'fast-check';

/** What one request to the API meets. `told` in seconds; without it a limit tells no time. */
export interface Fate {
  readonly tookMs: number;
  readonly ends: Ending;
  readonly told: number | undefined;
}

export type Ending = (typeof ENDINGS)[number];

export const ENDINGS = [
  'success',
  'success',
  'carLimit',
  'applicationLimit',
  'bareLimit',
  'upstream',
  'droppedBefore',
  'droppedAfter',
  'unreachable',
  'tokenGone',
  'noPermission',
  'unavailable',
  'html',
  'halfJson',
  'brokenBody',
  'asleep',
  'billing',
  'newResolution',
  'redirectAway',
  'redirectHere',
  'brokenSuccess',
  'accepted',
  'cutAccepted',
] as const;

/** Ends after which no repeat can help, whatever the server says about it. */
export const NEVER_AGAIN: ReadonlySet<Ending> = new Set(['billing', 'newResolution']);

/** Ends after which nobody knows whether a command ran. */
export const POSSIBLE_EFFECT: ReadonlySet<Ending> = new Set([
  'upstream',
  'droppedBefore',
  'droppedAfter',
  'html',
  'halfJson',
  'brokenBody',
  'newResolution',
  'brokenSuccess',
  'cutAccepted',
]);

export type Answer = (typeof ANSWERS)[number];
/** What one request to the token endpoint meets. */
export const ANSWERS = [
  'pair',
  'pair',
  'pair',
  'lost',
  'unreachable',
  'down',
  'dead',
  'html',
  'slow',
  'redirect',
  'broken',
  'limited',
] as const;

export interface Life {
  readonly startsAt: number;
  readonly abortsAfter: number | undefined;
  readonly door: 'run' | 'fetch';
  readonly command: boolean;
  readonly named: boolean;
  readonly user: 'ada' | 'bob';
  readonly car: 0 | 1;
  readonly maxWaitMs: number;
  readonly deadlineMs?: number;
  readonly waitForReauthMs?: number;
  readonly priority?: number;
  readonly fates: readonly Fate[];
  /** Through which of the processes it goes. */
  readonly process: number;
}

const TURNS = [
  'restart',
  'dayOn',
  'dayBack',
  'revoke',
  'returns',
  'returns',
  'storeFails',
  'storeSlow',
  'storeHeals',
] as const;

/** What happens around the calls. */
export interface Turn {
  readonly at: number;
  readonly what: (typeof TURNS)[number];
  readonly user: 'ada' | 'bob';
}

export interface Story {
  readonly lives: readonly Life[];
  readonly turns: readonly Turn[];
  readonly answers: readonly Answer[];
  readonly dice: number;
  /** How many share the store. */
  readonly processes: 1 | 2;
}

const fate: fc.Arbitrary<Fate> = fc.record({
  tookMs: fc.constantFrom(0, 1, 150, 900, 7_000, 40_000),
  ends: fc.constantFrom(...ENDINGS),
  told: fc.constantFrom(undefined, 0, 1, 5, 30, 120),
});

const life: fc.Arbitrary<Life> = fc.record(
  {
    startsAt: fc.nat(60_000),
    abortsAfter: fc.option(fc.nat(40_000), {nil: undefined, freq: 4}),
    door: fc.constantFrom('run', 'fetch'),
    command: fc.boolean(),
    named: fc.boolean(),
    user: fc.constantFrom('ada', 'bob'),
    car: fc.constantFrom(0, 1),
    maxWaitMs: fc.constantFrom(0, 1_000, 5_000, 60_000, 3_600_000),
    deadlineMs: fc.constantFrom(1, 2_000, 20_000, 100_000),
    waitForReauthMs: fc.constantFrom(0, 10_000, 100_000),
    priority: fc.integer({min: 0, max: 9}),
    fates: fc.array(fate, {maxLength: 5}),
    process: fc.nat(1),
  },
  {
    requiredKeys: [
      'startsAt',
      'abortsAfter',
      'door',
      'command',
      'named',
      'user',
      'car',
      'maxWaitMs',
      'fates',
      'process',
    ],
  },
);

const turn: fc.Arbitrary<Turn> = fc.record({
  at: fc.nat(120_000),
  what: fc.constantFrom(...TURNS),
  user: fc.constantFrom('ada', 'bob'),
});

export const story: fc.Arbitrary<Story> = fc.record({
  lives: fc.array(life, {minLength: 1, maxLength: 8}),
  turns: fc.array(turn, {maxLength: 5}),
  answers: fc.array(fc.constantFrom(...ANSWERS), {maxLength: 6}),
  dice: fc.double({min: 0, max: 0.999, noNaN: true}),
  processes: fc.constantFrom(1, 2),
});
