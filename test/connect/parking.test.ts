import {describe, expect, test} from 'vitest';
import {explain} from '../../src/engine/explain.ts';
import {withPolicy} from '../../src/with-policy.ts';
import {fakeAuth, invalidGrant, pair} from '../engine/support/auth.ts';
import {bench, errorOf, onTheWire, playing, stateOf, type Bench} from '../engine/support/bench.ts';
import {lostLogin, noPermission, response, sdkError, unauthorized} from '../engine/support/failures.ts';

const ODOMETER = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};
const LOCATION = {...ODOMETER, operation: 'location'};
const OTHER_CAR = {...ODOMETER, vehicle: 'other'};
const OTHER_OWNER = {...ODOMETER, user: 'bob', vehicle: 'his'};

const park = async ({policy}: Bench, error: Error, context: object = ODOMETER): Promise<unknown> =>
  errorOf(policy.run(playing(error), context));

/** Whether a call in this place is sent. */
async function goes({policy}: Bench, context: object): Promise<boolean> {
  const call = playing('a reading');
  const end = await policy.run(call, context).catch((error: unknown) => (error as {code?: string}).code);
  expect(end).toBe(call.sent === 1 ? 'a reading' : 'REAUTH_REQUIRED');
  return call.sent === 1;
}

describe('an owner who has to reconnect', () => {
  test('is told once, however many calls fail at once', async () => {
    const on = bench();
    const errors = await Promise.all(Array.from({length: 50}, () => park(on, lostLogin())));

    expect(errors.every(error => (error as {code?: string}).code === 'AUTHENTICATION_FAILED')).toBe(true);
    expect(on.log.filter(line => line.includes(' reauth '))).toEqual([
      '0 reauth vehicle of ada/car, CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED',
    ]);
    expect(await on.policy.reauth.list()).toHaveLength(1);
  });

  test('costs no request while parked: calls fail at once with REAUTH_REQUIRED and the link', async () => {
    const connect = {redirectUri: 'https://example.com/back', applicationId: 'application'};
    const on = bench({connect});
    await park(on, lostLogin());
    const call = playing(1);
    const error = await errorOf(on.policy.run(call, ODOMETER));

    expect(call.sent).toBe(0);
    expect(error).toMatchObject({code: 'REAUTH_REQUIRED', connectUrl: expect.stringContaining('state=')});
    expect(explain(error)).toMatchObject({action: 'reauthenticate', reason: 'parked', needs: 'owner'});
    expect(on.log.at(-1)).toBe('0 b fail: reauthenticate, parked, attempts 0, waited 0');
  });

  test.each([
    ['a lost login parks the car', lostLogin, [false, false, true, true]],
    ['a missing permission parks that permission of that car', noPermission, [false, true, true, true]],
  ])('%s and nothing more', async (_name, failure, expected) => {
    const on = bench();
    await park(on, failure());
    const went: boolean[] = [];
    for (const context of [ODOMETER, LOCATION, OTHER_CAR, OTHER_OWNER]) went.push(await goes(on, context));

    expect(went).toEqual(expected);
  });

  test('a dead grant parks the owner, with all cars', async () => {
    const auth = fakeAuth(async () => Promise.reject(invalidGrant()));
    const on = bench({auth});
    await on.policy.tokens.save('ada', pair('dead', on.clock.now()));
    await on.policy.tokens.save('bob', pair('fine', on.clock.now()));
    await park(on, unauthorized());

    expect(on.log.filter(line => line.includes(' reauth '))).toEqual(['0 reauth user of ada, invalid_grant']);
    expect(await goes(on, LOCATION)).toBe(false);
    expect(await goes(on, OTHER_CAR)).toBe(false);
    expect(await goes(on, OTHER_OWNER)).toBe(true);
  });

  test('a part of a batch parks nothing but itself', async () => {
    const on = bench();
    const batchItem = sdkError(200, 'PERMISSION', null, {resolution: {type: 'REAUTHENTICATE'}});
    await park(on, batchItem);

    expect(await goes(on, ODOMETER)).toBe(true);
    expect(await on.policy.reauth.list()).toEqual([]);
  });

  test('a batch is sent though one permission of the car is parked', async () => {
    const on = bench();
    let requests = 0;
    const fetch = async (): Promise<Response> => ((requests += 1), Response.json({responses: []}));
    const smartcar = withPolicy(fetch, on.policy, {user: 'ada'});
    await park(on, noPermission());
    const url = 'https://api.smartcar.com/v2.0/vehicles/car/';
    await errorOf(smartcar(`${url}odometer`));
    expect(requests).toBe(0);
    await smartcar(`${url}batch`, {method: 'POST', body: '{}'});
    expect(requests).toBe(1);
    expect(await on.policy.reauth.list()).toHaveLength(1);
  });

  test('a call that was sent before the owner was parked resolves with its own response', async () => {
    const on = bench();
    const wire = onTheWire<Response>();
    const call = on.policy.run(wire.send, ODOMETER);
    await park(on, lostLogin());
    const answer = response(404, {});
    wire.resolve(answer);

    expect(await call).toBe(answer);
  });
});

describe('a call that waits for the owner', () => {
  test('goes on when the episode is over, and the wait counts against nothing else', async () => {
    const on = bench();
    const call = on.policy.run(playing(lostLogin(), 'a reading'), {...ODOMETER, waitForReauthMs: 600_000});
    await on.clock.advance(500_000);
    await on.policy.reauth.resolve('ada', 'car');

    await expect(call).resolves.toBe('a reading');
    expect(on.log).toEqual([
      '0 a attempt 1',
      '0 a decision: reauthenticate, server-says-reauthenticate',
      '0 reauth vehicle of ada/car, CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED',
      '500000 reauth-resolved vehicle of ada/car by resolved',
      '500000 a attempt 2',
      '500000 a success: attempts 2, waited 0, took 500000',
    ]);
  });

  test('ends with its own error when the owner does not come in time', async () => {
    const on = bench();
    const failed = lostLogin();
    const call = errorOf(on.policy.run(playing(failed), {...ODOMETER, waitForReauthMs: 600_000}));
    await on.clock.advance(0);
    const parked = errorOf(on.policy.run(playing(1), {...ODOMETER, waitForReauthMs: 60_000}));
    await on.clock.advance(600_000);

    expect(await call).toBe(failed);
    expect(await parked).toMatchObject({code: 'REAUTH_REQUIRED'});
    expect(explain(failed)).toMatchObject({reason: 'parked', needs: 'owner'});
    expect(on.clock.waiting).toBe(0);
  });

  test('longer than a Node timer can hold is not sent away early', async () => {
    const month = 30 * 24 * 3_600_000;
    const on = bench({connect: {probeAfterMs: month}});
    await park(on, lostLogin());
    const call = on.policy.run(playing(1), {...ODOMETER, waitForReauthMs: month});
    await on.clock.advance(month - 1);
    expect(await stateOf(call)).toBe('pending');
    await on.policy.reauth.resolve('ada');
    await expect(call).resolves.toBe(1);
  });

  test('is let go one by one at first, when many waited', async () => {
    const on = bench({maxWaitMs: Infinity});
    await park(on, lostLogin());
    const wires = Array.from({length: 5}, () => onTheWire<number>());
    const calls = wires.map(wire => on.policy.run(wire.send, {...ODOMETER, waitForReauthMs: 9_000}));
    await on.clock.advance(0);
    await on.policy.reauth.resolve('ada');
    await on.clock.advance(0);

    expect(wires.filter(wire => wire.sent > 0)).toHaveLength(1);
    for (const wire of wires) wire.resolve(1);
    await Promise.all(calls);
  });

  test('does not report the owner again when the car is still lost: that is a new episode', async () => {
    const on = bench();
    const call = on.policy.run(playing(lostLogin(), lostLogin(), 1), {...ODOMETER, waitForReauthMs: 9_000});
    await on.clock.advance(1_000);
    await on.policy.reauth.resolve('ada');
    await on.clock.advance(1_000);
    const [episode] = await on.policy.reauth.list();
    expect(episode?.since).toBe(on.clock.now() - 1_000);
    await on.policy.reauth.resolve('ada');

    await expect(call).resolves.toBe(1);
    expect(on.log.filter(line => line.includes(' reauth '))).toHaveLength(2);
    expect(on.log.filter(line => line.includes('reauth-resolved'))).toHaveLength(2);
  });
});
