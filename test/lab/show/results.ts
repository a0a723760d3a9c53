import type {Result} from '../../../src/lab/measure/result.ts';
import type {Report, ScenarioReport} from '../../../src/lab/show/report.ts';

/** A policy that had nothing to trouble it, and whatever else a test says of it. */
export function resultWith(over: Partial<Result> = {}): Result {
  return {
    scenario: 'calm',
    policy: 'smartcar-policy',
    settings: 'its defaults',
    ours: true,
    asked: 1_000,
    good: 996,
    calls: 1_250,
    amplification: 1.25,
    refused: 0,
    unheard: 0,
    parked: 0,
    wasted: 0,
    early: 0,
    p50Ms: 400,
    p99Ms: 174_000,
    lostGrants: 0,
    falseAlarms: 0,
    twice: 0,
    billed: 996,
    billedPerGood: 1,
    series: {stepMs: 60_000, good: [10, 12, 11, 0, 9], calls: [10, 12, 11, 5, 9]},
    ...over,
  };
}

/** A policy of somebody else. */
export function peerWith(over: Partial<Result> = {}): Result {
  return resultWith({policy: 'ky', settings: 'ky, its defaults', ours: false, ...over});
}

/** A scenario without goals, and whatever else a test says of it. */
export function scenarioWith(over: Partial<ScenarioReport> = {}): ScenarioReport {
  return {
    title: 'calm, few cars',
    about: 'Nothing happens.',
    results: [resultWith(), peerWith()],
    goals: [],
    ...over,
  };
}

/** A report on these scenarios. */
export function reportOn(...scenarios: readonly ScenarioReport[]): Report {
  return {seed: 7, command: 'npx lab --seed 7', versions: {ky: '2.1.0', node: '24.21.0'}, scenarios};
}
