import {describe, expect, test} from 'vitest';
import {open, post, send, password, hidden, logIn, withAda, parameters, granted} from './connect-visit.ts';
import {start, v2Owner} from './harness.ts';

describe('logging in', () => {
  test('checks a password where the owner has one', async () => {
    const simulator = await withAda({password: 'right'});
    const login = await open(simulator, {make: 'TESLA'});
    const wrong = await send(simulator, login, {email: 'ada@example.com', password: 'wrong-one'});
    expect(wrong).toMatchObject({status: 200, title: 'Log in to Tesla'});
    expect(wrong.text).toContain('role="alert" id="problem"');
    expect(wrong.text).toMatch(/<input[^>]*id="password"[^>]*aria-describedby="problem"/);
    expect(wrong.text).toContain('value="ada@example.com"');
    expect(wrong.text).not.toContain('wrong-one');
    expect(wrong.text).toContain('ada@example.com, its own password');
    const right = await send(simulator, wrong, {email: 'ada@example.com', password: 'right'});
    expect(right.title).toBe('Choose your cars');
  });

  test('in live mode knows only the accounts that are there, and names those of the brand', async () => {
    const simulator = await withAda();
    simulator.addOwner({id: 'ford', vehicles: [{make: 'FORD'}]});
    const login = await open(simulator, {make: 'TESLA'});
    const stranger = await send(simulator, login, {email: 'bob@example.com', password});
    expect(stranger.text).toContain('no account with this email');
    expect(stranger.text).toContain('<option value="ada@example.com">');
    expect(stranger.text).not.toContain('ford@example.com');
    expect(stranger.text).toContain('mode=simulated');
    const asTest = await send(simulator, login, {email: 'VEHICLE_STATE.ASLEEP@smartcar.com', password});
    expect(asTest.text).toContain('needs a link with mode=simulated');
    expect((await send(simulator, login, {email: ' ', password})).text).toContain('Enter your email');
    expect((await send(simulator, login, {email: 'a@b'})).text).toContain('Enter your password');
    expect(simulator.owners()).toHaveLength(2);
  });

  test('names twenty accounts and counts the rest', async () => {
    const simulator = await start();
    for (let count = 0; count < 25; count += 1) simulator.addOwner();
    const {text} = await open(simulator, {make: 'TESLA'});
    expect(text.match(/<option value="[^"]*@/g)).toHaveLength(20);
    expect(text).toContain('And 5 more.');
  });

  test.each(['simulated', 'test'])(
    'in mode %s makes an account for whoever comes, and keeps it',
    async mode => {
      const simulator = await withAda();
      const cars = await logIn(simulator, {mode, make: 'FORD'}, 'New@Example.com');
      expect(cars.text).toContain('FORD Mustang Mach-E');
      await logIn(simulator, {mode, make: 'FORD'}, 'new@example.com');
      const [, made, ...more] = simulator.owners();
      expect(more).toEqual([]);
      const id = made?.vehicles[0]?.id ?? '';
      const consent = await send(simulator, cars, {car: id});
      const done = await send(simulator, consent, {grant: 'read_vin'});
      expect(await granted(simulator, parameters(done))).toEqual({
        user: made?.id,
        vehicles: [id],
        permissions: ['read_vin'],
      });
    },
  );

  test('in simulated mode refuses what is no address', async () => {
    const simulator = await withAda();
    for (const email of ['ada', '@', 'a b@c', `${'a'.repeat(250)}@example.com`]) {
      expect((await logIn(simulator, {mode: 'simulated'}, email)).text).toContain(
        'Enter an email address such as',
      );
    }
    expect(simulator.owners()).toHaveLength(1);
  });

  test('in simulated mode the password of an owner still counts', async () => {
    const simulator = await withAda({password: 'right'});
    expect((await logIn(simulator, {mode: 'simulated'})).text).toContain('This password is not right.');
  });

  test('a test login brings its own cars, of the chosen brand', async () => {
    const simulator = await start();
    await logIn(simulator, {mode: 'simulated', make: 'BMW'}, '3-vehicles@smartcar.com');
    await logIn(simulator, {mode: 'simulated', make: 'BMW'}, 'VEHICLE_STATE.ASLEEP@smartcar.com');
    await logIn(simulator, {mode: 'simulated', make: 'BMW'}, '5YJSA1E14FF101307@fuel.smartcar.com');
    const [three, asleep, fuel] = simulator.owners();
    expect(three?.vehicles.map(({make}) => make)).toEqual(['BMW', 'BMW', 'BMW']);
    expect(simulator.vehicle(asleep?.vehicles[0]?.id ?? '')).toMatchObject({
      make: 'BMW',
      fault: 'VEHICLE_STATE:ASLEEP',
    });
    expect(simulator.vehicle(fuel?.vehicles[0]?.id ?? '')).toMatchObject({
      vin: '5YJSA1E14FF101307',
      powertrain: 'ICE',
    });
  });
});

function reauthentication(vehicle: string): Record<string, string> {
  return {response_type: 'vehicle_id', vehicle_id: vehicle};
}

describe('reauthentication', () => {
  test('shows the car, takes the login of its account, and leaves the tokens as they are', async () => {
    const simulator = await start();
    const {vehicle, send: ask} = v2Owner(simulator, {id: 'ada', password: 'right'});
    simulator.addOwner({id: 'bob'});
    simulator.revoke({owner: 'ada', how: 'login', vehicle});
    const login = await open(simulator, reauthentication(vehicle), 'reauthenticate');
    expect(login.title).toBe('Log in to Tesla again');
    expect(login.text).toContain('<strong>Tesla Model 3, 2023</strong>');
    const tries = [
      ['bob@example.com', password, 'belongs to another account'],
      ['ada@example.com', 'wrong', 'password is not right'],
      ['new@example.com', password, 'no account with this email'],
    ] as const;
    for (const [email, typed, message] of tries) {
      const again = await send(simulator, login, {email, password: typed});
      expect(again).toMatchObject({status: 200, title: 'Log in to Tesla again'});
      expect(again.text).toContain(message);
    }
    expect((await ask('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status).toBe(400);
    const fields = {...hidden(login), email: 'ada@example.com', password: 'right'};
    const done = await post(simulator, fields, 'reauthenticate');
    expect(done.status).toBe(303);
    expect(parameters(done)).toEqual({vehicle_id: vehicle, state: 'abc'});
    expect((await ask('GET', `/v2.0/vehicles/${vehicle}/odometer`)).status).toBe(200);
  });

  test('makes up no account, not even in simulated mode', async () => {
    const simulator = await withAda({connected: true});
    const login = await open(simulator, {...reauthentication('one'), mode: 'simulated'}, 'reauthenticate');
    expect((await send(simulator, login, {email: 'new@example.com', password})).text).toContain('no account');
    expect(simulator.owners()).toHaveLength(1);
    const asTest = await send(simulator, login, {email: 'smartcar@vehicle-incompatible.com', password});
    expect(parameters(asTest)).toMatchObject({error: 'vehicle_incompatible', vin: 'VIN1'});
  });

  test('goes back at once for a car that is not connected, also when it was taken out meanwhile', async () => {
    const simulator = await withAda({connected: true});
    const stranger = await open(simulator, reauthentication('stranger'), 'reauthenticate');
    expect(parameters(stranger)).toMatchObject({error: 'configuration_error', state: 'abc'});
    const login = await open(simulator, reauthentication('one'), 'reauthenticate');
    simulator.revoke({owner: 'ada', how: 'grant'});
    const done = await send(simulator, login, {email: 'ada@example.com', password});
    expect(parameters(done)).toMatchObject({error: 'configuration_error'});
  });

  test('can be left, too', async () => {
    const simulator = await withAda({connected: true});
    const login = await open(simulator, reauthentication('one'), 'reauthenticate');
    expect(login.text).toContain('Return to client_simulator');
    const done = await send(simulator, login, {end: 'oem_cancelled_login'});
    expect(parameters(done)).toMatchObject({error: 'oem_cancelled_login', state: 'abc'});
  });
});
