import {expect, test} from 'vitest';
import {explain} from '../../src/index.ts';
import {all, bench} from './support/bench.ts';

test('a 401 for a token that was just renewed fails, needs the developer and parks nothing', async () => {
  const {simulator, policy, vehicle, tokenRequests, events, read} = await bench();
  simulator.next({vehicle, times: Infinity}, {error: 'AUTHENTICATION'});
  const response = await policy.fetch({user: 'ada'})(`${simulator.origin}/v2.0/vehicles/${vehicle}/odometer`);
  expect(response.status).toBe(401);
  expect(explain(response)).toMatchObject({
    action: 'fail',
    reason: 'token-rejected',
    needs: 'developer',
    attempts: 2,
  });
  expect(tokenRequests()).toHaveLength(1);
  expect(events.filter(([name]) => name === 'reauth')).toEqual([]);
  expect(await policy.reauth.list()).toEqual([]);
  // Other cars of the owner are none the worse.
  expect(await read()).toBe(200);
});

test('the next call for the same wrong car rotates nothing', async () => {
  const {simulator, policy, vehicle, tokenRequests} = await bench();
  simulator.next({vehicle, times: Infinity}, {error: 'AUTHENTICATION'});
  const smartcar = policy.fetch({user: 'ada'});
  for (let call = 0; call < 5; call++) {
    const {status} = await smartcar(`${simulator.origin}/v2.0/vehicles/${vehicle}/odometer?call=${call}`);
    expect(status).toBe(401);
  }
  expect(tokenRequests()).toHaveLength(1);
});

test('twenty calls for a wrong car rotate once', async () => {
  const {simulator, policy, vehicle, tokenRequests} = await bench();
  simulator.next({vehicle, times: Infinity}, {error: 'AUTHENTICATION'});
  const smartcar = policy.fetch({user: 'ada'});
  const answers = await Promise.all(
    all(20).map((_, call) => smartcar(`${simulator.origin}/v2.0/vehicles/${vehicle}/odometer?call=${call}`)),
  );
  expect(answers.map(({status}) => status)).toEqual(all(20, 401));
  expect(tokenRequests()).toHaveLength(1);
});
