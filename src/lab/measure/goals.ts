import type {Scenario} from '../scenario.ts';
import type {Goal} from '../show/report.ts';
import type {Result} from './result.ts';

const LEAST_OF_LIMIT = 0.99;
const MOST_WASTED = 0.01;
const MOST_IN_OUTAGE = 1.12;
const MOST_RECOVERY = 1.1;
/** Who repeats nothing makes nothing worse: its recovery is what the others are held against. */
const REFERENCE = 'no retry';

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** What our policy has to show in a scenario, and whether it does. */
export function goalsOf(scenario: Scenario, results: readonly Result[]): readonly Goal[] {
  return results.filter(({ours}) => ours).flatMap(own => goalsFor(scenario, own, results));
}

function goalsFor(scenario: Scenario, own: Result, results: readonly Result[]): readonly Goal[] {
  const {policy, limit, refreshesPerGeneration: refreshes} = own;
  const goals: Goal[] = [];
  const add = (goal: string, value: string, met: boolean): void =>
    void goals.push({policy, goal, value, met});

  // Owners who are away bound it too, but that is no rate: who waits longer for them gets a few answers more.
  if (limit !== undefined && scenario.service.limits) {
    const best = Math.max(...results.filter(({ours}) => !ours).map(({good}) => good), 0);
    add(
      `at least ${LEAST_OF_LIMIT * 100} % of what the limits allow`,
      percent(own.good / limit),
      own.good >= LEAST_OF_LIMIT * limit,
    );
    add('no fewer answers than any peer', `${own.good}, the best peer ${best}`, own.good >= best);
  }
  if (tellsTimes(scenario))
    add(`at most ${MOST_WASTED * 100} % of the calls wasted`, percent(own.wasted), own.wasted <= MOST_WASTED);
  add('no call before a told time', String(own.early), own.early === 0);
  add('no command carried out twice', String(own.twice), own.twice === 0);
  add('no grant lost', String(own.lostGrants), own.lostGrants === 0);
  if (refreshes !== undefined)
    add('one refresh for each generation of a token', refreshes.toFixed(2), refreshes === 1);
  if (own.amplificationInFault !== undefined && isTotal(scenario))
    add(
      `at most ${MOST_IN_OUTAGE} calls for each answer asked while all fails`,
      own.amplificationInFault.toFixed(3),
      own.amplificationInFault <= MOST_IN_OUTAGE,
    );
  const reference = results.find(result => result.policy === REFERENCE)?.recoveryMs;
  if (scenario.name === 'collapse' && own.recoveryMs !== undefined && typeof reference === 'number') {
    const met = own.recoveryMs !== null && own.recoveryMs <= MOST_RECOVERY * reference;
    const took = own.recoveryMs === null ? 'never' : `${own.recoveryMs / 1_000} s`;
    add(
      'recovered within 10 % of the time of who repeats nothing',
      `${took}, against ${reference / 1_000} s`,
      met,
    );
  }
  return goals;
}

/** Whether its limits come with a time to come back. */
function tellsTimes({service: {limits = {}}}: Scenario): boolean {
  const {application, vehicle} = limits;
  return (
    Boolean(vehicle) || (Boolean(application) && application !== false && application?.retryAfter === true)
  );
}

const isTotal = ({service}: Scenario): boolean =>
  service.faults?.some(({share, make}) => share === 1 && make === undefined) ?? false;
