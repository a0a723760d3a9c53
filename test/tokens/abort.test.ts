import {getEventListeners} from 'node:events';
import {expect, test} from 'vitest';
import {all, bench, heldFetch, rejection, STRICT} from './support/bench.ts';

test("a caller's abort ends its own call at once, and the refresh goes on for the others", async () => {
  const held = heldFetch();
  const {simulator, policy, vehicle, readMany, tokenRequests} = await bench({
    tokens: STRICT,
    policy: {fetch: held.fetch},
  });
  simulator.expireAccessTokens();
  const controller = new AbortController();
  const url = `${simulator.origin}/v2.0/vehicles/${vehicle}/odometer`;
  const given = policy.fetch({user: 'ada'})(url, {signal: controller.signal});
  const gone = rejection(given);
  await held.asked;
  const others = readMany(20);
  controller.abort(new Error('changed my mind'));
  expect(await gone).toMatchObject({message: 'changed my mind'});
  // It ended before the token was there.
  expect(tokenRequests()).toEqual([]);
  held.letGo();
  expect(await others).toEqual(all(20));
  expect(tokenRequests()).toMatchObject([{status: 200}]);
});

test('a refresh that nobody waits for any more still stores its pair', async () => {
  const held = heldFetch();
  const {simulator, policy, vehicle, pair, read, tokenRequests} = await bench({
    tokens: STRICT,
    policy: {fetch: held.fetch},
  });
  simulator.expireAccessTokens();
  const controller = new AbortController();
  const run = policy.run(
    ({headers}) => fetch(`${simulator.origin}/v2.0/vehicles/${vehicle}/odometer`, {headers}),
    {user: 'ada', idempotent: true, signal: controller.signal},
  );
  const gone = rejection(run);
  await held.asked;
  controller.abort();
  await gone;
  held.letGo();
  await expect.poll(async () => (await policy.tokens.get('ada'))?.refreshToken).not.toBe(pair.refreshToken);
  expect(await read()).toBe(200);
  expect(tokenRequests()).toHaveLength(1);
});

test('a deadline ends the wait for a token, and the refresh goes on', async () => {
  const held = heldFetch();
  const {clock, policy, pair, tokenRequests} = await bench({policy: {fetch: held.fetch}});
  await clock.advance(7_200_000);
  const ended = rejection(policy.run(() => 'never called', {user: 'ada', deadlineMs: 1_000}));
  await held.asked;
  await clock.advance(1_000);
  expect(await ended).toMatchObject({code: 'DEADLINE'});
  expect(tokenRequests()).toEqual([]);
  held.letGo();
  await expect.poll(async () => (await policy.tokens.get('ada'))?.refreshToken).not.toBe(pair.refreshToken);
});

test('no listener stays behind on a signal that outlives its calls', async () => {
  const {simulator, policy} = await bench();
  const controller = new AbortController();
  simulator.expireAccessTokens();
  await Promise.all(
    all(20).map(() => policy.run(() => 'done', {user: 'ada', idempotent: true, signal: controller.signal})),
  );
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
});
