import type {PolicyOptions} from '../index.ts';
import {goalsOf} from './measure/goals.ts';
import {type Scenario, type Size, titleOf} from './scenario.ts';
import {HOUR_MS} from './scenarios/durations.ts';
import {SCENARIOS} from './scenarios/all.ts';
import {createDice} from './service/smartcar.ts';
import type {Report} from './show/report.ts';
import {contendersIn, type Task} from './task.ts';
import {runAll} from './threads.ts';
import {versions} from './versions.ts';

export {checkOptions} from './contenders/ours.ts';
export {table} from './show/table.ts';
export type {Report} from './show/report.ts';

export interface LabOptions {
  /** By name, each with all its variants. */
  readonly scenarios: readonly string[];
  readonly seed: number;
  readonly size: Partial<Size>;
  /** Of a policy of the user's own, which runs beside the others. */
  readonly options?: PolicyOptions;
  /** What was typed, for whoever wants to have it again. */
  readonly command: string;
  /** Told of each run that is over. */
  readonly progress: (what: string) => void;
}

/** Runs every policy through the scenarios of these names. The same options, the same report. */
export async function runLab({
  scenarios,
  seed,
  size,
  options,
  command,
  progress,
}: LabOptions): Promise<Report> {
  const plans = scenarios.flatMap(name =>
    (SCENARIOS[name]?.(size) ?? []).map((scenario, variant) => ({name, scenario, variant})),
  );
  for (const {scenario} of plans) checkSize(scenario, seed);
  const tasks = plans.flatMap(({name, scenario, variant}) =>
    contendersIn(scenario, options).map(({name: policy}): Task => ({
      scenario: name,
      variant,
      size,
      seed,
      policy,
      ...(options && {options}),
    })),
  );
  const results = await runAll(tasks, task => progress(`${task.scenario}: ${task.policy}`));
  return {
    seed,
    command,
    versions: versions(),
    scenarios: plans.map(({scenario}) => {
      const title = titleOf(scenario);
      const own = results.filter(result => result.scenario === title);
      return {title, about: scenario.about, results: own, goals: goalsOf(scenario, own)};
    }),
  };
}

/** Where nothing is asked there is nothing to measure. */
function checkSize(scenario: Scenario, seed: number): void {
  const [first] = scenario.jobs(createDice(seed, 'jobs'));
  if (first !== undefined) return;
  const {cars, durationMs} = scenario.size;
  throw new Error(
    `Expected a size at which something is asked in ${titleOf(scenario)}, got ${cars} cars for ${durationMs / HOUR_MS} hours`,
  );
}
