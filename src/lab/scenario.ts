import type {PolicyOptions} from '../index.ts';
import type {LimitOptions, TokenOptions} from '../simulator/index.ts';
import type {Dice} from '../simulator/dice.ts';

/** What somebody wants of a car. */
export interface Job {
  /** When, in milliseconds from the start. */
  readonly at: number;
  /** The number of the car, from 0. Each has an owner of its own. */
  readonly car: number;
  readonly kind: 'read' | 'command';
  /** Which reading, from 0; which command does not matter. */
  readonly reading?: number;
  /** After so many milliseconds its answer is of no use any more, and nobody waits for it. */
  readonly patienceMs: number;
}

/** A share of the requests that fails, for a time. */
export interface Fault {
  /** Milliseconds from the start. */
  readonly from: number;
  readonly until: number;
  /** 0 to 1. */
  readonly share: number;
  /** `TYPE:CODE`. */
  readonly error: string;
  /** `door`: before anything has happened. `car`: on the way to it; the plan has counted the call. */
  readonly at: 'door' | 'car';
  /** Only cars of this make. @default all */
  readonly make?: string;
  /** The share of failed commands that the car carries out all the same. @default 0 */
  readonly carriedOut?: number;
}

/** What becomes of the world at a time. */
export type Happening =
  /** The owner of a car takes access away, and gives it back by going through Connect again. */
  | {
      readonly at: number;
      readonly what: 'leaves' | 'returns';
      readonly car: number;
    }
  /** Every access token ends before its time. */
  | {readonly at: number; readonly what: 'tokens-end'}
  /** The process that makes the calls is killed, and starts again at once. */
  | {readonly at: number; readonly what: 'restart'};

/** How the simulated Smartcar behaves. */
export interface ServiceRules {
  readonly limits?: LimitOptions;
  readonly tokens?: TokenOptions;
  /** An answer takes so long, in milliseconds, and so much longer for each request that is under way with it. */
  readonly latency: {readonly baseMs: number; readonly perRequestMs?: number; readonly spreadMs?: number};
  /** Milliseconds that a token request takes. */
  readonly tokenLatencyMs: number;
  readonly faults?: readonly Fault[];
  /** How an owner leaves: the login at the maker is lost, or the whole grant is revoked (v2). @default 'login' */
  readonly leaving?: 'login' | 'grant';
}

/** How large an experiment is. */
export interface Size {
  readonly cars: number;
  /** Milliseconds. */
  readonly durationMs: number;
}

/** An experiment: what is asked, and what stands in the way. Everything in it follows from its size and a seed. */
export interface Scenario {
  readonly name: string;
  /** One of several experiments of this name. */
  readonly variant?: string;
  /** One sentence for whoever reads the results. */
  readonly about: string;
  readonly api: 'v2' | 'v3';
  readonly size: Size;
  /** Makes of the cars, in turn. @default TESLA */
  readonly makes?: readonly string[];
  /** In the order of their times. */
  readonly jobs: (dice: Dice) => Iterable<Job>;
  readonly happenings?: readonly Happening[];
  readonly service: ServiceRules;
  /** The longest time for one attempt, in milliseconds, for whoever can be told. @default 310_000 */
  readonly attemptTimeoutMs?: number;
  /** What a developer who knows the limits sets. @default there is nothing to set */
  readonly setUp?: PolicyOptions;
  /** Limits, or owners who are away, bound what can be had: that bound is the measure of goodput. */
  readonly bounded?: true;
  /** When the fault begins and ends, in milliseconds from the start: recovery counts from its end. */
  readonly fault?: {readonly from: number; readonly until: number};
}

/** Makes the scenarios of one name; members of the size that are given win over its own. */
export type MakeScenarios = (size: Partial<Size>) => readonly Scenario[];

export const titleOf = ({name, variant}: Pick<Scenario, 'name' | 'variant'>): string =>
  variant === undefined ? name : `${name}, ${variant}`;
