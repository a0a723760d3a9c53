import type {PolicyOptions} from '../index.ts';
import {CONTENDERS} from './contenders/all.ts';
import type {Contender} from './contenders/contender.ts';
import {oursWith} from './contenders/ours.ts';
import {physicalLimit} from './measure/limit.ts';
import {type Result, resultOf} from './measure/result.ts';
import {run} from './run.ts';
import type {Scenario, Size} from './scenario.ts';
import {SCENARIOS} from './scenarios/all.ts';

/** One policy in one scenario, as it can be sent to a thread. */
export interface Task {
  readonly scenario: string;
  /** Which of the scenarios of this name. */
  readonly variant: number;
  readonly size: Partial<Size>;
  readonly seed: number;
  readonly policy: string;
  /** Options of the user's own, for the policy that is `yours`. */
  readonly options?: PolicyOptions;
}

export async function runTask(task: Task): Promise<Result> {
  const scenario = scenarioOf(task);
  const limit = scenario.bounded ? physicalLimit(scenario, task.seed) : undefined;
  return resultOf(await run(scenario, contenderOf(task), task.seed), limit);
}

function scenarioOf({scenario, variant, size}: Task): Scenario {
  const found = SCENARIOS[scenario]?.(size)[variant];
  if (!found) throw new Error(`Expected one of ${Object.keys(SCENARIOS).join(', ')}, got ${scenario}`);
  return found;
}

/** Those that take part in a scenario, by name. */
export function contendersIn(
  {setUp = {}}: Scenario,
  options: PolicyOptions | undefined,
): readonly Contender[] {
  const fitting = CONTENDERS.filter(({fits}) => fits === undefined || fits(setUp));
  return options === undefined ? fitting : [...fitting, oursWith(options)];
}

function contenderOf(task: Task): Contender {
  const found = contendersIn(scenarioOf(task), task.options).find(({name}) => name === task.policy);
  if (!found) throw new Error(`Expected a policy of the lab, got ${task.policy}`);
  return found;
}
