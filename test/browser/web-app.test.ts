import {afterEach, describe, expect, test} from 'vitest';
import {OWNER} from '../../examples/web/app.ts';
import {audit} from './audit.ts';
import {skipsWithoutChromium} from './chromium.ts';
import {garage} from './garage.ts';
import {visitor} from './visitor.ts';

describe.skipIf(skipsWithoutChromium())('The sample application', () => {
  const {page, complaints, heading, click, logIn} = visitor();
  afterEach(() => page().setViewportSize({width: 1280, height: 720}));

  const link = (name: string) => page().getByRole('link', {name, exact: true});
  const card = (model: string) => page().getByRole('listitem').filter({hasText: model});
  const banner = () => page().getByRole('status').filter({hasText: 'Reconnect'});

  /** Through Connect's pages, from the page of somebody who has no car yet. */
  async function connectCars(url: string): Promise<void> {
    await page().goto(url);
    await link('Connect a car').click();
    await click('Tesla');
    await logIn('ada@example.com');
    for (const box of await page().getByRole('checkbox').all()) await box.check();
    await click('Continue');
    await click('Allow');
    await card('Model S').getByText('Up to date.').waitFor();
  }

  test('a first visit leads through Connect to cars whose readings move by themselves', async () => {
    const {app, simulator, car} = await garage(page);
    await connectCars(app.url);
    expect(page().url()).toBe(`${app.url}/`);
    expect(await card('Model 3').textContent()).toMatch(/37,8\d\d km/);
    simulator.updateVehicle(car(0), {odometerKm: 50_000});
    await card('Model 3')
      .getByText(/50,0\d\d km/)
      .waitFor();
    expect(await banner().count()).toBe(0);
    // What comes from outside is text, whatever stands in it.
    expect(await card('Model S').getByRole('heading').textContent()).toBe('TESLA Model S <b>&amp;</b>');
  });

  test('an owner who took consent back is led through Connect, and the reads that waited go on', async () => {
    const {app, simulator, car} = await garage(page);
    await connectCars(app.url);
    await click('The owner takes consent back');
    await banner().waitFor();
    expect(await banner().textContent()).toMatch(/Your cars: .*Please connect it again\./);
    expect(await banner().textContent()).not.toContain('http');
    await card('Model 3').getByText('Waits until you have connected it again.').waitFor();
    const asked = simulator.journal.length;
    simulator.updateVehicle(car(0), {odometerKm: 60_000});

    await link('Reconnect').click();
    await click('Tesla');
    await logIn('ada@example.com');
    for (const box of await page().getByRole('checkbox').all()) await box.check();
    await click('Continue');
    expect(simulator.journal.slice(asked).filter(({api}) => api === '2.0')).toEqual([]);
    await click('Allow');
    await card('Model 3')
      .getByText(/60,0\d\d km/)
      .waitFor();
    expect(await banner().count()).toBe(0);
    expect(page().url()).toBe(`${app.url}/`);
  });

  test('the keyboard is enough to lose a login and to bring it back, and the other cars go on', async () => {
    const {app, simulator, car} = await garage(page);
    await connectCars(app.url);
    const focused = (): Promise<[string, string]> =>
      page().evaluate(`(() => {
        const at = document.activeElement;
        return [(at.labels?.[0] ?? at).textContent.trim(), getComputedStyle(at).outlineStyle];
      })()`);
    const tabTo = async (wanted: string, key = 'Tab') => {
      for (let presses = 0; presses < 60; presses += 1) {
        await page().keyboard.press(key);
        const [name, outline] = await focused();
        expect(outline).not.toBe('none');
        if (name === wanted) return;
      }
      throw new Error(`Expected Tab to lead to “${wanted}”`);
    };
    const enter = async () => {
      await Promise.all([page().waitForEvent('load'), page().keyboard.press('Enter')]);
    };
    await tabTo('The login at the maker is lost');
    await page().keyboard.press('Enter');
    await banner().waitFor();
    expect(await banner().textContent()).toContain('TESLA Model 3:');
    // The page was not left, and what changed in it took the focus from nobody.
    expect((await focused())[0]).toBe('The login at the maker is lost');
    simulator.updateVehicle(car(1), {odometerKm: 20_000});
    await card('Model Y')
      .getByText(/20,0\d\d km/)
      .waitFor();

    await tabTo('Reconnect', 'Shift+Tab');
    await enter();
    await tabTo('Email address');
    await page().keyboard.type('ada@example.com');
    await tabTo('Password');
    await page().keyboard.type('any');
    await enter();
    await card('Model 3').getByText('Up to date.').waitFor();
    expect(await banner().count()).toBe(0);
  });

  test('a login that the maker has again needs no owner: the webhook says so, and the banner goes', async () => {
    const {app, simulator, car} = await garage(page);
    await connectCars(app.url);
    simulator.revoke({owner: OWNER, how: 'login', vehicle: car(1)});
    await banner().waitFor();
    simulator.restore({owner: OWNER, how: 'login', vehicle: car(1)});
    await banner().waitFor({state: 'detached'});
    await card('Model Y').getByText('Up to date.').waitFor();
    expect(page().url()).toBe(`${app.url}/`);
  });

  test('who refuses on the way reads that in plain words, and who comes with a stranger’s link, too', async () => {
    const {app} = await garage(page);
    await page().goto(app.url);
    await link('Connect a car').click();
    await click('Tesla');
    await logIn('ada@example.com');
    await click('Continue');
    await click('Deny');
    expect(await heading()).toBe('Your car is not connected');
    expect(await page().getByRole('main').textContent()).toContain('You have not allowed it.');
    await page().goto(`${app.url}/callback?code=stolen&state=forged.state`);
    expect(await page().getByRole('main').textContent()).toContain('This link does not work any more.');
    expect(await audit(page())).toEqual([]);
    await link('Back to my cars').click();
    expect(await heading()).toBe('My cars');
    // Chrome notes pages that come with an error status.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('400'), expect.stringContaining('400')]);
  });

  test('the operator sees gates, episodes, decisions, and what reading together saves', async () => {
    const {app, simulator, car} = await garage(page);
    await connectCars(app.url);
    await click('Twenty readers at once');
    await page().getByLabel('Car', {exact: true}).selectOption({label: 'TESLA Model Y'});
    await click('The car falls asleep');
    await card('Model Y').getByText('it is asleep').waitFor();
    await card('Model Y')
      .getByText(/Next try in \d+ s/)
      .waitFor();
    simulator.revoke({owner: OWNER, how: 'login', vehicle: car(2)});
    await page().goto(`${app.url}/operator`);
    const row = (text: string | RegExp) => page().getByRole('row').filter({hasText: text});
    await row('vehicle TESLA Model Y')
      .getByText(/in \d+ s/)
      .waitFor();
    await row('AUTHENTICATION_FAILED').first().waitFor();
    expect(await row(/ada.*Model S/).count()).toBe(1);
    const saved = page().locator('dl div').filter({hasText: 'Reads saved'}).locator('dd');
    expect(Number(await saved.textContent())).toBeGreaterThanOrEqual(19);
    expect(
      await page().getByRole('img', {name: 'Attempts by outcome'}).locator('rect').count(),
    ).toBeGreaterThan(0);
    expect(await page().getByRole('img', {name: 'Decisions by reason'}).textContent()).toContain(
      'wait-too-long',
    );
  });

  test('both pages are fit for screen readers, narrow screens and the dark, with everything that can be on them', async () => {
    const {app} = await garage(page);
    await page().goto(app.url);
    expect(await audit(page())).toEqual([]);
    await connectCars(app.url);
    await click('The login at the maker is lost');
    await banner().waitFor();
    expect(await audit(page())).toEqual([]);
    await page().goto(`${app.url}/operator`);
    await page().getByText('As a table').click();
    expect(await audit(page())).toEqual([]);
  });

  test('nothing is left of it when it is closed', async () => {
    const {app} = await garage(page);
    await connectCars(app.url);
    await page().goto('about:blank');
    await app.close();
    await expect(fetch(app.url)).rejects.toThrow('fetch failed');
    await expect(app.policy.tokens.get(OWNER)).rejects.toThrow('closed');
  });
});
