import {describe, expect, test} from 'vitest';
import {start} from '../simulator/harness.ts';
import {callbackServer} from './callback.ts';
import {skipsWithoutChromium} from './chromium.ts';
import {authClient, sdkFor} from './sdk.ts';
import {visitor} from './visitor.ts';

describe.skipIf(skipsWithoutChromium())('Connect in a browser', () => {
  const {page, complaints, heading, click, logIn} = visitor();

  test('the official SDK goes all the way: link, pages, code, tokens, readings, a refresh and a rate limit', async () => {
    const simulator = await start({limits: {vehicle: {size: 5, everyMs: 90_000}}});
    simulator.addOwner({
      id: 'ada',
      password: 'right',
      connected: false,
      vehicles: [{id: 'one'}, {id: 'two', model: 'Model Y'}],
    });
    const callback = await callbackServer();
    const sdk = sdkFor(simulator);
    const client = authClient(sdk, callback.url);
    const scope = ['required:read_odometer', 'read_location', 'control_security'];

    await page().goto(client.getAuthUrl(scope, {state: 'a "state" & more', user: 'ada'}));
    expect(await page().title()).toContain('Choose the brand of your car');
    await click('Tesla');
    expect(await page().getByLabel('Email address').inputValue()).toBe('ada@example.com');
    await logIn('ada@example.com', 'wrong');
    expect(await page().getByRole('alert').textContent()).toContain('password is not right');
    await logIn('ada@example.com', 'right');
    await page().getByLabel('Model 3').uncheck();
    await click('Continue');
    expect(await page().getByLabel('how far your car has been driven').isDisabled()).toBe(true);
    await page().getByLabel('where your car is').uncheck();
    await click('Allow');
    expect(await heading()).toBe('Back at the application');

    expect(callback.visits).toEqual([{code: expect.any(String), state: 'a "state" & more'}]);
    const first = await client.exchangeCode(callback.visits[0]?.['code'] ?? '');
    expect(await sdk.getVehicles(first.accessToken)).toMatchObject({vehicles: ['two']});
    const vehicle = new sdk.Vehicle('two', first.accessToken);
    expect(await vehicle.odometer()).toMatchObject({distance: 37_829});
    expect(await vehicle.lock()).toMatchObject({status: 'success'});
    expect(simulator.vehicle('two').locked).toBe(true);
    const batch = await vehicle.batch(['/odometer', '/location']);
    expect(batch['odometer']?.()).toMatchObject({distance: 37_829});
    expect(() => batch['location']?.()).toThrow('PERMISSION');

    const {accessToken} = await client.exchangeRefreshToken(first.refreshToken);
    const renewed = new sdk.Vehicle('two', accessToken);
    await renewed.odometer();
    await expect(renewed.odometer()).rejects.toMatchObject({
      name: 'SmartcarError',
      statusCode: 429,
      type: 'RATE_LIMIT',
      code: 'VEHICLE',
      retryAfter: '90',
    });
    simulator.advance(90_000);
    expect(await renewed.odometer()).toMatchObject({distance: 37_829});
  });

  test('an owner who denies access comes back with access_denied', async () => {
    const simulator = await start();
    simulator.addOwner({id: 'ada', connected: false});
    const callback = await callbackServer();
    const client = authClient(sdkFor(simulator), callback.url);
    await page().goto(client.getAuthUrl(['read_odometer'], {state: 's', makeBypass: 'TESLA'}));
    await logIn('ada@example.com');
    await click('Continue');
    await click('Deny');
    expect(await heading()).toBe('Back at the application');
    expect(callback.visits).toEqual([
      {error: 'access_denied', error_description: expect.any(String), state: 's'},
    ]);
  });

  test('an owner can go back from every page, and a developer rehearse an ending', async () => {
    const simulator = await start();
    simulator.addOwner({id: 'ada', connected: false});
    const callback = await callbackServer();
    const link = authClient(sdkFor(simulator), callback.url).getAuthUrl(['read_odometer'], {
      makeBypass: 'TESLA',
    });
    await page().goto(link);
    await click('Cancel');
    await page().goto(link);
    await logIn('ada@example.com');
    await click('Return to client_simulator');
    await page().goto(link);
    await page().getByText('Rehearse another ending').click();
    await page().getByLabel('Error', {exact: true}).selectOption('server_error');
    await click('End with this error');
    expect(callback.visits.map(visit => visit['error'])).toEqual([
      'oem_cancelled_login',
      'user_manually_returned_to_application',
      'server_error',
    ]);
  });

  test('in simulated mode, a test login connects a car that sleeps', async () => {
    const simulator = await start();
    const callback = await callbackServer();
    const sdk = sdkFor(simulator);
    const client = authClient(sdk, callback.url, 'simulated');
    await page().goto(
      client.getAuthUrl(['read_odometer'], {makeBypass: 'BMW', singleSelect: {enabled: true}}),
    );
    await logIn('VEHICLE_STATE.ASLEEP@smartcar.com');
    await click('Continue');
    await click('Allow');
    expect(await heading()).toBe('Back at the application');
    const {accessToken} = await client.exchangeCode(callback.visits[0]?.['code'] ?? '');
    const {vehicles} = await sdk.getVehicles(accessToken);
    await expect(new sdk.Vehicle(vehicles[0] ?? '', accessToken).odometer()).rejects.toMatchObject({
      type: 'VEHICLE_STATE',
      code: 'ASLEEP',
    });
  });

  test('a lost login is brought back through the link that the error carries', async () => {
    const simulator = await start();
    simulator.addOwner({id: 'ada', vehicles: [{id: 'one'}]});
    simulator.addOwner({id: 'bob'});
    const callback = await callbackServer();
    const sdk = sdkFor(simulator);
    const vehicle = new sdk.Vehicle('one', simulator.grant('ada').accessToken);
    simulator.revoke({owner: 'ada', how: 'login', vehicle: 'one'});
    const error: unknown = await vehicle.odometer().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'AUTHENTICATION_FAILED',
      resolution: {type: 'REAUTHENTICATE', url: expect.any(String)},
    });
    const link = new URL((error as {resolution: {url: string}}).resolution.url);
    link.searchParams.set('redirect_uri', callback.url);
    link.searchParams.set('state', 's');
    await page().goto(link.href);
    expect(await heading()).toBe('Log in to Tesla again');
    await logIn('bob@example.com');
    expect(await page().getByRole('alert').textContent()).toContain('belongs to another account');
    await logIn('ada@example.com');
    expect(await heading()).toBe('Back at the application');
    expect(callback.visits).toEqual([{vehicle_id: 'one', state: 's'}]);
    expect(await vehicle.odometer()).toMatchObject({distance: 37_829});
  });

  test('the way back through the browser shows the page from before, which leads on from where the visit stands', async () => {
    const simulator = await start();
    simulator.addOwner({id: 'ada', connected: false});
    const callback = await callbackServer();
    const client = authClient(sdkFor(simulator), callback.url);
    await page().goto(client.getAuthUrl(['read_odometer'], {makeBypass: 'TESLA'}));
    await logIn('ada@example.com');
    await click('Continue');
    expect(await heading()).toBe('Allow access for client_simulator');
    await page().waitForLoadState('load');
    await page().goBack();
    expect(await heading()).toBe('Choose your cars');
    await click('Continue');
    expect(await page().getByRole('alert').textContent()).toContain('out of date');
    expect(await heading()).toBe('Allow access for client_simulator');
    await click('Allow');
    // Back only from a page that is there: before that, nobody can.
    expect(await heading()).toBe('Back at the application');
    await page().waitForLoadState('load');
    expect(callback.visits).toEqual([{code: expect.any(String)}]);
    await page().goBack();
    expect(await heading()).toBe('Allow access for client_simulator');
    await click('Allow');
    expect(await heading()).toBe('Please start again');
    expect(complaints.splice(0)).toEqual([expect.stringContaining('410')]);
    expect(callback.visits).toHaveLength(1);
  });

  test('the last form, sent once more, issues no second code', async () => {
    const simulator = await start();
    simulator.addOwner({id: 'ada', connected: false});
    const callback = await callbackServer();
    const client = authClient(sdkFor(simulator), callback.url);
    await page().goto(client.getAuthUrl(['read_odometer'], {makeBypass: 'TESLA'}));
    await logIn('ada@example.com');
    await click('Continue');
    const form: Record<string, string> = await page().evaluate(
      `Object.fromEntries(new FormData(document.querySelector('form')))`,
    );
    await click('Allow');
    expect(await heading()).toBe('Back at the application');
    const again = await page().request.post(`${simulator.origin}/oauth/authorize`, {form, maxRedirects: 0});
    expect(again.status()).toBe(410);
    expect(callback.visits).toHaveLength(1);
  });
});
