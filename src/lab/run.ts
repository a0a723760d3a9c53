import type {Contender} from './contenders/contender.ts';
import {experiment} from './experiment.ts';
import {type Account, openAccount} from './measure/account.ts';
import type {Scenario} from './scenario.ts';
import {createService} from './service/service.ts';
import type {Tally} from './service/tally.ts';
import {onVirtualTime} from './time.ts';

/** Steps of time in a picture. */
const STEPS = 96;

/** What one policy did in one scenario. */
export interface Run {
  readonly scenario: Scenario;
  readonly contender: Contender;
  readonly account: Account;
  readonly tally: Tally;
  /** Of its pictures, in milliseconds. */
  readonly stepMs: number;
}

/** Runs one policy through one scenario, in virtual time. The same seed, the same run. */
export async function run(scenario: Scenario, contender: Contender, seed: number): Promise<Run> {
  const stepMs = Math.ceil(scenario.size.durationMs / STEPS);
  const account = openAccount();
  let tally: Tally | undefined;
  await onVirtualTime(seed, async () => {
    const service = createService(scenario, seed, stepMs);
    ({tally} = service);
    await experiment({scenario, contender, service, account, seed, stepMs});
  });
  if (tally === undefined) throw new Error('Expected the run to have begun');
  return {scenario, contender, account, tally, stepMs};
}
