import type {Result} from '../measure/result.ts';

/** Everything that a run of the lab has to say. */
export interface Report {
  /** All chance in it follows from this number. */
  readonly seed: number;
  /** What to type to get the same numbers again. */
  readonly command: string;
  /** Versions of ours, of the peers and of Node, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly scenarios: readonly ScenarioReport[];
}

/** What came of all policies in one scenario. */
export interface ScenarioReport {
  readonly title: string;
  /** One sentence: what is asked, and what stands in the way. */
  readonly about: string;
  readonly results: readonly Result[];
  readonly goals: readonly Goal[];
}

/** What one of our policies is to reach in a scenario, and whether it did. */
export interface Goal {
  readonly policy: string;
  /** What is to be reached, in words. */
  readonly goal: string;
  /** What was reached, in words. */
  readonly value: string;
  readonly met: boolean;
}
