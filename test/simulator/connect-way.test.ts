import {describe, expect, test} from 'vitest';
import {
  home,
  open,
  post,
  send,
  password,
  hidden,
  logIn,
  withAda,
  parameters,
  granted,
} from './connect-visit.ts';
import {applicationToken, sender} from './harness.ts';

describe('who gets pages', () => {
  test.each([
    ['browsers', 'text/html', 200],
    ['browsers', 'application/json', 302],
    ['everybody', '*/*', 200],
    ['nobody', 'text/html', 302],
  ] as const)(
    'with `pages: %s`, a link opened with accept %s is answered with %i',
    async (pages, accept, status) => {
      const simulator = await withAda({}, {pages});
      expect((await open(simulator, {user: 'ada'}, 'authorize', accept)).status).toBe(status);
    },
  );

  test('without pages there is no form to send', async () => {
    const simulator = await withAda({}, {pages: 'nobody'});
    expect((await post(simulator, {flow: 'x'})).status).toBe(400);
  });

  test('several origins serve the same flow on the host of Connect and on that of v2', async () => {
    const simulator = await withAda({}, {origins: 'several'});
    const shown = await open(simulator, {make: 'TESLA'});
    const body = new URLSearchParams({...hidden(shown), email: 'ada@example.com', password});
    const answer = await fetch(`${simulator.origins.connect}/oauth/authorize`, {method: 'POST', body});
    expect(await answer.text()).toContain('<h1>Choose your cars</h1>');
  });
});

describe('the way through', () => {
  test('leads over brand, login, cars and consent to a code for exactly that', async () => {
    const simulator = await withAda({
      vehicles: [{id: 'one'}, {id: 'two'}, {id: 'other', make: 'FORD'}],
    });
    const brand = await open(simulator, {scope: 'required:read_vin read_odometer read_location'});
    expect(brand.title).toBe('Choose the brand of your car');
    const login = await send(simulator, brand, {make: 'TESLA'});
    expect(login.title).toBe('Log in to Tesla');
    const cars = await send(simulator, login, {email: 'ADA@example.com', password});
    expect(cars.title).toBe('Choose your cars');
    expect(cars.text).toContain('value="two"');
    expect(cars.text).not.toContain('value="other"');
    const consent = await send(simulator, cars, {car: ['two', 'other']});
    expect(consent.title).toBe('Allow access for client_simulator');
    // Required permissions need no tick; one that was not asked for can't be slipped in.
    const done = await send(simulator, consent, {grant: ['read_location', 'control_security']});
    expect(done.status).toBe(303);
    expect(done.back?.href.startsWith(`${home}?`)).toBe(true);
    expect(parameters(done)).toEqual({code: expect.any(String), state: 'abc'});
    expect(await granted(simulator, parameters(done))).toEqual({
      user: 'ada',
      vehicles: ['two'],
      permissions: ['read_vin', 'read_location'],
    });
  });

  test('connects the chosen cars for v3, and names the owner', async () => {
    const simulator = await withAda({vehicles: [{id: 'one'}, {id: 'two'}]});
    const client = {client_id: 'simulator-application', response_type: 'none', external_id: 'yours'};
    const cars = await logIn(simulator, {...client, scope: 'read_vin'});
    const done = await send(simulator, await send(simulator, cars, {car: 'two'}), {grant: 'read_vin'});
    expect(parameters(done)).toEqual({user_id: 'ada', external_id: 'yours', state: 'abc'});
    const authorization = `Bearer ${await applicationToken(simulator)}`;
    const {body} = await sender(simulator, {authorization, 'sc-user-id': 'ada'})('GET', '/v3/connections');
    expect(JSON.stringify(body.data)).toContain('two');
    expect(JSON.stringify(body.data)).not.toContain('"one"');
  });

  test('lets the owner choose another brand, unless the link chose', async () => {
    const simulator = await withAda();
    const login = await send(simulator, await open(simulator), {make: 'FORD'});
    expect(login.text).toContain('Choose another brand');
    const again = await send(simulator, login, {'another-brand': 'yes'});
    expect(again.title).toBe('Choose the brand of your car');
    const fixed = await open(simulator, {make: 'ford'});
    expect(fixed.text).not.toContain('Choose another brand');
    expect((await send(simulator, fixed, {'another-brand': 'yes'})).title).toBe('Log in to Ford');
  });

  test('asks for the brand when the link names one that nobody knows', async () => {
    const simulator = await withAda();
    const shown = await open(simulator, {make: 'Trabant<b>'});
    expect(shown.title).toBe('Choose the brand of your car');
    expect(shown.text).toContain('(TRABANT&lt;B&gt;)');
    expect((await send(simulator, shown, {make: 'TRABANT'})).text).toContain('Choose one of the brands.');
  });

  test('takes a brand that only a car of this simulator has, in any spelling', async () => {
    const simulator = await withAda({vehicles: [{make: 'MERCEDES-BENZ'}, {make: 'ZEEKR', model: 'X'}]});
    expect((await open(simulator)).text).toContain('ZEEKR');
    const cars = await logIn(simulator, {make: 'mercedes_benz'});
    expect(cars.text).toContain('MERCEDES-BENZ Model 3');
  });

  test('fills in the email of the owner that the link names', async () => {
    const simulator = await withAda();
    for (const query of [{user: 'ada'}, {external_id: 'ada'}]) {
      expect((await open(simulator, {make: 'TESLA', ...query})).text).toContain(
        'value="ada@example.com" list',
      );
    }
    expect((await open(simulator, {make: 'TESLA', user: 'stranger'})).text).toContain('value="" list');
  });

  test('ignores `flags` and `country`', async () => {
    const simulator = await withAda();
    expect((await open(simulator, {flags: 'country:DE', country: 'DE'})).status).toBe(200);
  });

  test.each(['', 'text/html'])('tells where to pair a missing virtual key (accept: %s)', async accept => {
    const simulator = await withAda({vehicles: [{id: 'one', virtualKey: false}]});
    const finish = async (scope: string) => {
      const query = {make: 'TESLA', user: 'ada', scope, approval_prompt: 'force'};
      const first = await open(simulator, query, 'authorize', accept);
      if (accept === '') return parameters(first);
      const cars = await send(simulator, first, {email: 'ada@example.com', password});
      return parameters(await send(simulator, await send(simulator, cars, {car: 'one'}), {grant: scope}));
    };
    expect((await finish('control_security'))['virtual_key_url']).toMatch(/^https:\/\/www\.tesla\.com\//);
    expect(await finish('read_vin')).not.toHaveProperty('virtual_key_url');
  });

  test('names no virtual key for the cars of other makers', async () => {
    const simulator = await withAda({vehicles: [{make: 'FORD', virtualKey: false}]});
    const query = {user: 'ada', scope: 'control_security'};
    expect(parameters(await open(simulator, query, 'authorize', '*/*'))).toEqual({
      code: expect.any(String),
      state: 'abc',
    });
  });
});
