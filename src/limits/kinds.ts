import type {Bucket} from '../core/pacing/bucket.ts';
import type {GateKey} from '../ports.ts';

/** What scopes of one kind have in common. */
export interface Kind {
  /** How many may be under way while the gate is open. */
  readonly places: number;
  /** Beyond so many under way, one more goes when one comes back, or a little later: a slow start, and no wall. */
  readonly crowd: number;
  /** After the probe, while no pace is known: `one` at a time, twice as many in each round, or `all`. */
  readonly opening: 'one' | 'doubling' | 'all';
  /** A rate that holds for most, until a limit or the lack of it says otherwise. */
  readonly documented?: Pick<Bucket, 'intervalMs' | 'size'>;
  /** A rate that the user has set. */
  readonly rate?: Pick<Bucket, 'intervalMs' | 'size'> | undefined;
  /** What a bucket whose pace was learned can hold. */
  readonly learnedSize: number;
  /** All processes draw on the rate together, where they share anything: each call takes a turn of it. */
  readonly rateIsShared?: true;
}

/** Limits that the user sets, with every default in place. Times in milliseconds. */
export interface Limits {
  readonly application?: {readonly bucket: number; readonly perMinute: number} | undefined;
  readonly vehicle: {
    readonly commands: number;
    readonly requests: number;
    readonly spacingMs: number;
    /** @default 1 */
    readonly bucket?: number;
  };
}

/**
 * The bucket that Smartcar documents for an application, and what drips into it
 * (https://smartcar.com/docs/help/api-limits): of more calls at once the rest could not succeed, and what it learns later
 * holds no more than this.
 */
const DOCUMENTED = {size: 120, intervalMs: 30_000};

const PLAIN: Kind = {places: Infinity, crowd: Infinity, opening: 'doubling', learnedSize: 1};

/** How the scopes behave, by the first word of their keys. */
export function kindsOf({application, vehicle}: Limits): (key: GateKey) => Kind {
  const rate = application && {intervalMs: 60_000 / application.perMinute, size: application.bucket};
  const spacing =
    vehicle.spacingMs > 0 ? {intervalMs: vehicle.spacingMs, size: vehicle.bucket ?? 1} : undefined;
  const kinds: Readonly<Record<string, Kind>> = {
    application: {
      ...PLAIN,
      crowd: DOCUMENTED.size,
      learnedSize: DOCUMENTED.size,
      documented: DOCUMENTED,
      rate,
      ...(rate && {rateIsShared: true}),
    },
    vehicle: {...PLAIN, places: vehicle.requests, opening: 'one', rate: spacing},
    commands: {...PLAIN, places: vehicle.commands},
    // One renewal serves all who waited for it.
    token: {...PLAIN, opening: 'all'},
  };
  return key => {
    const colon = key.indexOf(':');
    return kinds[colon < 0 ? key : key.slice(0, colon)] ?? PLAIN;
  };
}
