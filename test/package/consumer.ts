// A program of somebody who has installed the package: the tests compile it, and run it on each Node.
import {
  applicationToken,
  createPolicy,
  explain,
  memoryStore,
  PolicyError,
  sqliteStore,
  userTokens,
  withPolicy,
  type Decision,
  type Policy,
  type PolicyEvents,
  type PolicyOptions,
} from 'smartcar-policy';
import {startSimulator, type Simulator} from 'smartcar-policy/simulator';
import {manualClock} from 'smartcar-policy/testing';

async function main(): Promise<void> {
  const simulator: Simulator = await startSimulator();
  Object.assign(process.env, simulator.env);
  const {vehicles} = simulator.addOwner({id: 'ada'});
  const options: PolicyOptions = {
    auth: userTokens(),
    store: sqliteStore(':memory:'),
    backoff: {UPSTREAM: {retries: 2, baseDelayMs: 1}},
  };
  const policy: Policy = createPolicy(options);
  const decisions: PolicyEvents['decision'][] = [];
  policy.on('decision', decision => decisions.push(decision));
  await policy.tokens.save('ada', simulator.grant('ada'));
  simulator.next({path: '/odometer'}, {error: 'UPSTREAM:NO_RESPONSE'});
  const url = `${simulator.origin}/v2.0/vehicles/${vehicles[0]?.id}/odometer`;

  const response = await withPolicy(fetch, policy, {user: 'ada'})(url);
  const body = (await response.json()) as {readonly distance: number};
  const byKy = await policy.ky({user: 'ada'})(url).json<{readonly distance: number}>();
  const decided: Decision = await policy.decide(new Response('{}', {status: 503}));
  const refused: unknown = await policy
    .fetch()(url)
    .catch((error: unknown) => error);
  await policy.close();
  await simulator.close();

  const v3: Policy = createPolicy({auth: applicationToken(), store: memoryStore(), clock: manualClock()});
  await v3.close();
  console.log(
    JSON.stringify({
      node: process.versions.node.split('.')[0],
      status: response.status,
      same: body.distance === byKy.distance,
      requests: simulator.journal.length,
      decisions: decisions.map(({action, reason}) => `${action}: ${reason}`),
      decided: decided.action,
      refused: PolicyError.is(refused) ? refused.code : 'nothing',
      explained: explain(response) === undefined,
    }),
  );
}

await main();
