import {describe, expect, test} from 'vitest';
import {PolicyError, type Policy} from '../../src/index.ts';
import {noRedis, redisClient, sharedRedis} from './support/redis.ts';
import {world} from './support/world.ts';

const server = sharedRedis();

const tellsSent = async (): Promise<never> => {
  throw new Error('sent');
};

/** Whether a call would be parked; one that is not reaches nobody. */
async function parked(policy: Policy, vehicle: string): Promise<boolean> {
  const error: unknown = await policy
    .run(tellsSent, {user: 'ada', vehicle})
    .catch((reason: unknown) => reason);
  return PolicyError.is(error);
}

describe.skipIf(noRedis)('episodes of many processes', () => {
  test('an owner who must come back parks the calls of all at once, with one event, and costs no request more', async () => {
    const {policy, cars, url, requests, simulator} = await world(server());
    const [car = ''] = cars;
    const policies = [policy(), policy(), policy()];
    for (const each of policies) await each.fetch({user: 'ada'})(url(car));
    const events: string[] = [];
    for (const each of policies) each.on('reauth', ({episode}) => events.push(episode));
    simulator.next({vehicle: car}, {error: 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED'});
    await policies[0]?.fetch({user: 'ada'})(url(car));
    // How long that takes is measured in `npm run bench`.
    for (const each of policies) await expect.poll(() => parked(each, car), {interval: 1}).toBe(true);
    for (const each of policies)
      await expect(each.fetch({user: 'ada'})(url(car))).rejects.toMatchObject({code: 'REAUTH_REQUIRED'});
    expect(events).toHaveLength(1);
    expect(requests(car)).toHaveLength(4);

    // One of them takes the owner back: those who wait in another go on at once.
    const waiting = policies[1]?.fetch({user: 'ada', waitForReauthMs: 10_000})(url(car));
    await expect(policies[2]?.reauth.resolve('ada', car)).resolves.toBe(1);
    expect((await waiting)?.status).toBe(200);
  });

  test('what opened while the line was cut is known when it stands again', async () => {
    const {policy, cars, url, requests, simulator} = await world(server());
    const [car = ''] = cars;
    const [one, other] = [policy(), policy()];
    for (const each of [one, other]) await each.fetch({user: 'ada'})(url(car));
    simulator.next({vehicle: car}, {error: 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED'});
    await redisClient(server()).call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await one.fetch({user: 'ada'})(url(car));
    await expect
      .poll(async () => {
        try {
          await other.fetch({user: 'ada'})(url(car));
          return 'sent';
        } catch (error) {
          return error instanceof PolicyError ? error.code : error;
        }
      })
      .toBe('REAUTH_REQUIRED');
    expect(requests(car).length).toBeLessThanOrEqual(5);
  });

  test('a redirect from Connect is good once, whichever process takes it', async () => {
    const {policy, cars} = await world(server());
    const [one, other] = [policy(), policy()];
    const [vehicle = ''] = cars;
    const link = new URL(one.connect.url('ada', {vehicle}));
    const query = new URLSearchParams({state: link.searchParams.get('state') ?? '', vehicle_id: vehicle});
    const back = (): Request => new Request(`https://example.com/callback?${query.toString()}`);
    const outcomes = await Promise.allSettled([one, other].map(each => each.connect.handleCallback(back())));
    const whys = outcomes.map(each =>
      each.status === 'rejected' ? (each.reason as PolicyError).callback?.why : 'taken',
    );
    expect(whys.map(String).toSorted()).toEqual(['state-spent', 'taken']);
  });

  test('a new pair is used by all at once, and a deleted one by nobody', async () => {
    const {policy, cars, url, simulator} = await world(server());
    const [car = ''] = cars;
    const [one, other] = [policy(), policy()];
    for (const each of [one, other]) await each.fetch({user: 'ada'})(url(car));
    const pair = simulator.grant('ada');
    await one.tokens.save('ada', pair);
    await expect.poll(async () => (await other.tokens.get('ada'))?.accessToken).toBe(pair.accessToken);
    const sent: string[] = [];
    await other.run(
      async ({accessToken}) => {
        sent.push(accessToken);
      },
      {user: 'ada'},
    );
    expect(sent).toEqual([pair.accessToken]);
    await one.tokens.delete('ada');
    await expect
      .poll(async () => {
        try {
          return (await other.fetch({user: 'ada'})(url(car))).status;
        } catch (error) {
          return (error as PolicyError).code;
        }
      })
      .toBe('REAUTH_REQUIRED');
  });
});
