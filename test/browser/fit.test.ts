import {describe, expect, test} from 'vitest';
import {start} from '../simulator/harness.ts';
import {audit} from './audit.ts';
import {callbackServer} from './callback.ts';
import {skipsWithoutChromium} from './chromium.ts';
import {authClient, sdkFor} from './sdk.ts';
import {visitor} from './visitor.ts';

describe.skipIf(skipsWithoutChromium())('Connect is fit for everybody', () => {
  const {page, complaints, click, logIn} = visitor();

  test('the keyboard is enough, and the focus is always to be seen', async () => {
    const simulator = await start();
    simulator.addOwner({id: 'ada', connected: false, vehicles: [{id: 'one'}, {id: 'two'}]});
    const callback = await callbackServer();
    const client = authClient(sdkFor(simulator), callback.url);
    const tabTo = async (wanted: string) => {
      for (let presses = 0; presses < 60; presses += 1) {
        await page().keyboard.press('Tab');
        const [name, outline]: [string, string] = await page().evaluate(`(() => {
          const at = document.activeElement;
          return [(at.labels?.[0] ?? at).textContent.trim(), getComputedStyle(at).outlineStyle];
        })()`);
        expect(outline).not.toBe('none');
        if (name.startsWith(wanted)) return;
      }
      throw new Error(`Expected Tab to lead to “${wanted}”`);
    };
    const press = async (key: string) => {
      await Promise.all([page().waitForEvent('load'), page().keyboard.press(key)]);
    };
    await page().goto(client.getAuthUrl(['read_odometer', 'read_location'], {state: 's'}));
    await tabTo('Tesla');
    await press('Enter');
    await tabTo('Email address');
    await page().keyboard.type('ada@example.com');
    await tabTo('Password');
    await page().keyboard.type('any');
    await press('Enter');
    await tabTo('TESLA Model 3');
    await page().keyboard.press('Space');
    await tabTo('Continue');
    await press('Enter');
    await tabTo('See where your car is');
    await page().keyboard.press('Space');
    await tabTo('Allow');
    await press('Enter');
    const {accessToken} = await client.exchangeCode(callback.visits[0]?.['code'] ?? '');
    const sdk = sdkFor(simulator);
    expect(await sdk.getVehicles(accessToken)).toMatchObject({vehicles: ['two']});
    const batch = await new sdk.Vehicle('two', accessToken).batch(['/odometer', '/location']);
    expect(batch['odometer']?.()).toMatchObject({distance: 37_829});
    expect(() => batch['location']?.()).toThrow('PERMISSION');
  });

  test('every page is fit for screen readers, narrow screens and the dark', async () => {
    const simulator = await start();
    simulator.addOwner({
      id: 'ada',
      email: `${'long'.repeat(15)}@example.com`,
      vehicles: [{id: 'one', model: 'Modell'.repeat(12)}, {id: 'two'}],
    });
    const url = (errand: string, query: Record<string, string>) => {
      const link = {client_id: 'client_simulator', redirect_uri: 'http://127.0.0.1:1/', ...query};
      return `${simulator.origin}/oauth/${errand}?${new URLSearchParams(link).toString()}`;
    };
    const seen: Record<string, string[]> = {};
    const look = async () => {
      seen[await page().title()] = await audit(page());
    };
    await page().goto(url('authorize', {response_type: 'code', approval_prompt: 'force'}));
    await look();
    await click('Tesla');
    await look();
    await page().getByText('Rehearse another ending').click();
    await look();
    await logIn('stranger@example.com');
    await look();
    await logIn(`${'long'.repeat(15)}@example.com`);
    await look();
    for (const box of await page().getByRole('checkbox').all()) await box.uncheck();
    await click('Continue');
    await look();
    await page().getByRole('checkbox').first().check();
    await click('Continue');
    await look();
    for (const box of await page().getByRole('checkbox').all()) await box.uncheck();
    await click('Allow');
    await look();
    await page().goto(url('reauthenticate', {response_type: 'vehicle_id', vehicle_id: 'one'}));
    await look();
    await page().evaluate(
      `document.querySelectorAll('[name=flow]').forEach(field => (field.value = 'forged'))`,
    );
    await click('Log in');
    await look();
    await page().goto(url('authorize', {client_id: 'stranger'}));
    await look();
    // Chrome notes the two pages that come with an error status.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('410'), expect.stringContaining('400')]);
    const titles = [
      'Choose the brand of your car',
      'Log in to Tesla',
      'Error: Log in to Tesla',
      'Choose your cars',
      'Error: Choose your cars',
      'Allow access for client_simulator',
      'Error: Allow access for client_simulator',
      'Log in to Tesla again',
      'Please start again',
      'Error: This link does not work',
    ];
    expect(seen).toEqual(Object.fromEntries(titles.map(title => [`${title} – Connect simulator`, []])));
  });
});
