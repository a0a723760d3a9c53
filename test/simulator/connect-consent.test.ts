import {describe, expect, test} from 'vitest';
import {open, send, password, logIn, withAda, parameters, granted} from './connect-visit.ts';

describe('cars', () => {
  test('at least one has to be chosen', async () => {
    const simulator = await withAda();
    const cars = await logIn(simulator);
    const again = await send(simulator, cars, {});
    expect(again.text).toContain('Choose at least one car.');
    expect(again.text).toContain('<fieldset aria-describedby="problem">');
    expect((await send(simulator, again, {car: 'stranger'})).title).toBe('Choose your cars');
    expect((await send(simulator, again, {car: 'one'})).title).toBe('Allow access for client_simulator');
  });

  test.each(['true', 'True'])('single_select=%s lets the owner choose one and no more', async word => {
    const simulator = await withAda({vehicles: [{id: 'one'}, {id: 'two'}]});
    const cars = await logIn(simulator, {single_select: word});
    expect(cars.text).toContain('type="radio"');
    expect(cars.text).not.toContain('type="checkbox"');
    expect((await send(simulator, cars, {car: ['one', 'two']})).text).toContain('Choose one car.');
    const done = await send(simulator, await send(simulator, cars, {car: 'two'}), {grant: 'read_vin'});
    expect((await granted(simulator, parameters(done))).vehicles).toEqual(['two']);
  });

  test('single_select_vin skips brand and choice, and beats the make', async () => {
    const simulator = await withAda({vehicles: [{id: 'one'}, {id: 'two', vin: 'VIN2', make: 'FORD'}]});
    const login = await open(simulator, {single_select: 'true', single_select_vin: 'vin2', make: 'TESLA'});
    expect(login.title).toBe('Log in to Ford');
    const consent = await send(simulator, login, {email: 'ada@example.com', password});
    expect(consent.title).toBe('Allow access for client_simulator');
    const done = await send(simulator, consent, {grant: 'read_vin'});
    expect((await granted(simulator, parameters(done))).vehicles).toEqual(['two']);
  });

  test('single_select_vin is one car, even where two were set up with the same VIN', async () => {
    const simulator = await withAda({
      vehicles: [
        {id: 'one', vin: 'SAME'},
        {id: 'two', vin: 'SAME'},
      ],
    });
    const consent = await logIn(simulator, {single_select_vin: 'SAME'});
    const done = await send(simulator, consent, {grant: 'read_vin'});
    expect((await granted(simulator, parameters(done))).vehicles).toEqual(['one']);
  });

  test('single_select_vin of a car that the account does not have ends with no_vehicles', async () => {
    const simulator = await withAda();
    simulator.addOwner({id: 'bob', vehicles: [{vin: 'VIN2'}]});
    expect(parameters(await logIn(simulator, {single_select_vin: 'VIN2'}))).toMatchObject({
      error: 'no_vehicles',
    });
  });

  test('single_select_vin of a car that nobody has asks for the brand', async () => {
    const simulator = await withAda();
    const brand = await open(simulator, {single_select_vin: 'NEW', mode: 'simulated'});
    expect(brand.title).toBe('Choose the brand of your car');
    const login = await send(simulator, brand, {make: 'KIA'});
    await send(simulator, login, {email: 'new@example.com', password});
    expect(simulator.owners()[1]?.vehicles).toMatchObject([{make: 'KIA', vin: 'NEW'}]);
  });
});

describe('consent', () => {
  test('is only asked for what has not been granted for these cars', async () => {
    const simulator = await withAda({
      connected: true,
      scope: ['read_vin'],
      vehicles: [{id: 'one'}, {id: 'two'}],
    });
    const finish = async (query: Record<string, string>, car: readonly string[] = ['one', 'two']) =>
      send(simulator, await logIn(simulator, query), {car});
    expect(parameters(await finish({scope: 'read_vin'}))).toHaveProperty('code');
    expect(parameters(await finish({}))).toHaveProperty('code');
    expect((await finish({scope: 'read_vin read_odometer'})).title).toContain('Allow access');
    expect((await finish({scope: 'read_vin', approval_prompt: 'force'})).title).toContain('Allow access');
    simulator.revoke({owner: 'ada', how: 'permission', permission: 'read_vin', vehicle: 'two'});
    expect((await finish({scope: 'read_vin'})).title).toContain('Allow access');
    expect(parameters(await finish({scope: 'read_vin'}, ['one']))).toHaveProperty('code');
    simulator.revoke({owner: 'ada', how: 'grant'});
    expect((await finish({scope: 'read_vin'}, ['one'])).title).toContain('Allow access');
  });

  test('says every permission in plain words, and what can’t be left out', async () => {
    const simulator = await withAda();
    const {text} = await send(
      simulator,
      await logIn(simulator, {scope: 'read_location required:read_location read_location control_trunk'}),
      {car: 'one'},
    );
    expect(text).toContain('value="read_location" checked disabled');
    expect(text).toContain('value="control_trunk" checked>');
    expect(text).toContain('See where your car is <span class="quiet">(required)</span>');
    expect(text).toContain('Open and close the boot</label>');
    const everything = await send(simulator, await logIn(simulator), {car: 'one'});
    const labels = [...everything.text.matchAll(/<label for="(?:read|control)_\w+">([^<]*)</g)].map(
      found => found[1],
    );
    expect(labels).toHaveLength(28);
    expect(labels.filter(label => /_/.test(label ?? ''))).toEqual([]);
  });

  test('to nothing at all is no consent', async () => {
    const simulator = await withAda();
    const page = await send(simulator, await logIn(simulator, {scope: 'read_vin'}), {car: 'one'});
    expect((await send(simulator, page, {})).text).toContain('Allow at least one permission');
    expect(parameters(await send(simulator, page, {grant: 'read_vin'}))).toHaveProperty('code');
  });

  test('to a link that asks for nothing is given with a code for nothing', async () => {
    const simulator = await withAda();
    const page = await send(simulator, await logIn(simulator, {scope: ''}), {car: 'one'});
    expect(page.text).toContain('It asks for no permission.');
    expect((await granted(simulator, parameters(await send(simulator, page, {})))).permissions).toEqual([]);
  });
});
