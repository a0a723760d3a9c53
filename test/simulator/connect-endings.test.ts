import {describe, expect, test} from 'vitest';
import {open, send, logIn, withAda, parameters} from './connect-visit.ts';
import {applicationToken, sender, start} from './harness.ts';

describe('endings', () => {
  test.each([
    ['smartcar@invalid-subscription.com', {error: 'invalid_subscription'}],
    ['0-vehicles@smartcar.com', {error: 'no_vehicles'}],
    [
      '5yjsa1e14ff101307@incompatible.smartcar.com',
      {
        error: 'vehicle_incompatible',
        vin: '5YJSA1E14FF101307',
        make: 'FORD',
        model: 'Mustang Mach-E',
        year: '2023',
      },
    ],
    [
      'smartcar@vehicle-incompatible.com',
      {
        error: 'vehicle_incompatible',
        vin: expect.any(String),
        make: 'FORD',
        model: 'Mustang Mach-E',
        year: '2023',
      },
    ],
  ])('the test login %s has its own', async (email, expected) => {
    const simulator = await start();
    const done = await logIn(simulator, {mode: 'simulated', make: 'FORD'}, email);
    expect(done.status).toBe(303);
    expect(parameters(done)).toEqual({...expected, error_description: expect.any(String), state: 'abc'});
    expect(simulator.owners()).toEqual([]);
  });

  test('an account without cars of the brand has no vehicles', async () => {
    const simulator = await withAda();
    expect(parameters(await logIn(simulator, {make: 'FORD'}))).toMatchObject({error: 'no_vehicles'});
  });

  test.each([
    ['access_denied', {}],
    ['vehicle_incompatible', {make: 'TESLA', model: 'Model 3', year: '2023', vin: 'VIN1'}],
    ['invalid_subscription', {}],
    ['no_vehicles', {}],
    ['configuration_error', {status_code: '400', error_message: expect.any(String)}],
    ['server_error', {}],
    ['user_manually_returned_to_application', {}],
    ['oem_cancelled_login', {}],
    ['user_cancelled', {}],
  ])('every page offers to rehearse %s', async (error, more) => {
    const simulator = await withAda();
    const visits = [
      () => open(simulator),
      () => open(simulator, {make: 'TESLA'}),
      () => logIn(simulator),
      async () => send(simulator, await logIn(simulator), {car: 'one'}),
    ];
    for (const visit of visits) {
      const shown = await visit();
      expect(shown.text).toContain(`<option value="${error}">`);
      expect(shown.text).toContain('Return to client_simulator');
      const done = await send(simulator, shown, {end: error});
      expect(done.status).toBe(303);
      expect(parameters(done)).toEqual({error, error_description: expect.any(String), state: 'abc', ...more});
    }
    const authorization = `Bearer ${await applicationToken(simulator)}`;
    const {body} = await sender(simulator, {authorization, 'sc-user-id': 'ada'})('GET', '/v3/connections');
    expect(body.data).toEqual([]);
  });

  test.each(['text/html', '*/*'])(
    'vehicle_incompatible always names a car, a made-up one where the link names nobody (accept: %s)',
    async accept => {
      const simulator = await withAda();
      simulator.addOwner({id: 'bob'});
      const query = {make: 'kia', single_select_vin: 'VIN9', simulate: 'vehicle_incompatible'};
      expect(parameters(await open(simulator, query, 'authorize', accept))).toMatchObject({
        error: 'vehicle_incompatible',
        vin: 'VIN9',
        make: 'KIA',
        model: 'EV6',
        year: '2023',
      });
    },
  );

  test('vehicle_incompatible names a car of the brand that was chosen', async () => {
    const simulator = await withAda();
    simulator.addOwner({id: 'bob'});
    const login = await send(simulator, await open(simulator), {make: 'FORD'});
    expect(parameters(await send(simulator, login, {end: 'vehicle_incompatible'}))).toMatchObject({
      make: 'FORD',
      model: 'Mustang Mach-E',
      vin: expect.any(String),
    });
  });

  test('one that nobody knows is no ending', async () => {
    const simulator = await withAda();
    const shown = await send(simulator, await open(simulator), {end: 'toString'});
    expect(shown).toMatchObject({status: 200, title: 'Choose the brand of your car'});
    expect(shown.text).toContain('no such ending');
  });

  test.each(['text/html', 'application/json'])(
    'a link that is set up wrongly goes back with what is wrong in it (accept: %s)',
    async accept => {
      const simulator = await withAda();
      const mistakes = [
        [{response_type: 'token'}, /`response_type` to be code or none, got `token`/],
        [{response_type: ''}, /`response_type` to be code or none, got ``/],
        [{scope: 'read_vin required:read_mind'}, /`scope` .* got `read_mind`/],
        [{mode: 'dead'}, /`mode` to be live, simulated, test, got `dead`/],
        [{approval_prompt: 'maybe'}, /`approval_prompt` to be auto or force, got `maybe`/],
      ] as const;
      for (const [query, message] of mistakes) {
        const shown = await open(simulator, {user: 'ada', ...query}, 'authorize', accept);
        expect(shown.status).toBe(302);
        expect(parameters(shown)).toEqual({
          error: 'configuration_error',
          error_description: expect.any(String),
          status_code: '400',
          error_message: expect.stringMatching(message),
          state: 'abc',
        });
      }
    },
  );

  test('`simulate` needs no page', async () => {
    const simulator = await withAda();
    const shown = await open(simulator, {simulate: 'server_error'});
    expect(shown.status).toBe(302);
    expect(parameters(shown)).toMatchObject({error: 'server_error'});
  });
});
