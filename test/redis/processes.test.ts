import {describe, expect, test} from 'vitest';
import {noRedis, redisClient, sharedRedis} from './support/redis.ts';
import {heard, scene, STRICT, type Caller, type Owner, type Scene} from './support/scene.ts';

const server = sharedRedis();

const PROCESSES = 8;
const CALLS = 50;

/** What so many processes are answered that all make their calls at once. */
async function everybody({caller}: Scene, owner: Owner): Promise<readonly (number | string)[]> {
  const callers = await Promise.all(Array.from({length: PROCESSES}, () => caller(owner, {calls: CALLS})));
  for (const {go} of callers) go();
  const reports = await Promise.all(callers.map(one => one.report()));
  expect(reports.map(({reauths}) => reauths)).toEqual(reports.map(() => 0));
  return reports.flatMap(({answers}) => answers);
}

const allAnswered: readonly number[] = Array.from({length: PROCESSES * CALLS}, () => 200);

async function answered(caller: Caller): Promise<readonly (number | string)[]> {
  caller.go();
  return (await caller.report()).answers;
}

describe.skipIf(noRedis)('many processes with one Redis', () => {
  test('8 processes with 50 calls each and one expired token refresh once', async () => {
    const made = await scene(server(), {tokens: STRICT});
    const {simulator, policy, tokenRequests} = made;
    const owner = made.owner();
    await policy().tokens.save(owner.user, simulator.grant(owner.user));
    simulator.expireAccessTokens();
    expect(await everybody(made, owner)).toEqual(allAnswered);
    expect(tokenRequests()).toMatchObject([{status: 200, token: 1}]);
  });

  test('8 processes with 50 calls each and an expired application token ask for one', async () => {
    const made = await scene(server(), {}, '3');
    const {simulator, policy, tokenRequests} = made;
    const owner = made.owner();
    expect((await policy().fetch({user: owner.user})(owner.url)).status).toBe(200);
    expect(tokenRequests()).toHaveLength(1);
    simulator.expireAccessTokens();
    expect(await everybody(made, owner)).toEqual(allAnswered);
    expect(tokenRequests()).toMatchObject([
      {status: 200, grantType: 'client_credentials'},
      {status: 200, grantType: 'client_credentials'},
    ]);
  });

  test('8 processes with 50 calls each and no application token yet ask for one', async () => {
    const made = await scene(server(), {}, '3');
    expect(await everybody(made, made.owner())).toEqual(allAnswered);
    expect(made.tokenRequests()).toMatchObject([{status: 200, grantType: 'client_credentials'}]);
  });

  test('a gate that one process closes holds in others: nothing goes to that car before the time is up', async () => {
    const made = await scene(server());
    const {simulator, policy, caller, requests} = made;
    const [owner, neighbour] = [made.owner(), made.owner()];
    const here = policy();
    const pauses = heard(here, 'pause');
    for (const {user} of [owner, neighbour]) await here.tokens.save(user, simulator.grant(user));
    const [told, refusing, waiting, elsewhere] = await Promise.all([
      caller(owner, {maxWaitMs: 0}),
      caller(owner, {calls: 5, maxWaitMs: 0}),
      caller(owner, {calls: 2, maxWaitMs: 15_000}),
      caller(neighbour),
    ]);
    simulator.next({vehicle: owner.vehicle}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 2});
    expect(await answered(told)).toEqual([429]);
    await expect.poll(() => pauses.length).toBe(1);

    waiting.go();
    refusing.go();
    const {answers, retryAt} = await refusing.report();
    expect(answers).toEqual(Array.from({length: 5}, () => 'PAUSED'));
    const [refusal] = requests(owner.vehicle);
    const opensAt = Number(refusal?.at) + 2_000;
    for (const at of retryAt) expect(at).toBeGreaterThanOrEqual(opensAt - 5);
    expect(requests(owner.vehicle)).toHaveLength(1);
    expect(await answered(elsewhere)).toEqual([200]);

    expect((await waiting.report()).answers).toEqual([200, 200]);
    const later = requests(owner.vehicle).slice(1);
    expect(later).toHaveLength(2);
    for (const {at} of later) expect(at).toBeGreaterThanOrEqual(opensAt);
  });

  test('what others store for one owner does not bring back the refused token of another', async () => {
    const made = await scene(server(), {tokens: STRICT});
    const {simulator, policy, requests} = made;
    const [owner, neighbour] = [made.owner(), made.owner()];
    const [one, other] = [policy(), policy()];
    const changes = redisClient(server());
    await one.tokens.save(owner.user, simulator.grant(owner.user));
    simulator.expireAccessTokens();
    // oxlint-disable-next-line unicorn/no-thenable -- the script's own word for it
    simulator.next({endpoint: 'token'}, {delayMs: 300});
    const answer = one.fetch({user: owner.user})(owner.url);
    await expect.poll(() => requests(owner.vehicle).length).toBe(1);
    await expect.poll(async () => (await changes.keys(`${made.prefix}:*:lock`)).length).toBe(1);
    await other.tokens.save(neighbour.user, simulator.grant(neighbour.user));
    expect((await answer).status).toBe(200);
    expect((await one.fetch({user: owner.user})(owner.url)).status).toBe(200);
    expect(requests(owner.vehicle).map(({status}) => status)).toEqual([401, 200, 200]);
  });
});
