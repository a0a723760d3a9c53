// The pictures of docs/web-app.md, from the sample application itself, after most of what can go wrong has:
// `npm run docs:pictures`. It takes a minute, and a Chromium. No test holds them, since fonts differ between machines.
import {statSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Page} from 'playwright-core';
import {startDemonstration} from '../../examples/web/demonstration.ts';
import {launchChromium} from '../browser/chromium.ts';

const pictures = join(import.meta.dirname, '..', '..', 'docs', 'pictures');
const WIDTH = 800;
const HIGHEST = 1_300;
/** A page of documentation is not to weigh more than it says. */
const MOST_BYTES = 150_000;

const {app, simulator, close} = await startDemonstration({everyMs: 1_000});
const browser = await launchChromium();
try {
  const page = await browser.newPage({viewport: {width: WIDTH, height: 600}, colorScheme: 'light'});
  const press = (name: string): Promise<void> => page.getByRole('button', {name, exact: true}).click();
  const choose = (model: string) =>
    page.getByLabel('Car', {exact: true}).selectOption({label: `TESLA ${model}`});
  await page.goto(app.url);
  await page.getByRole('link', {name: 'Connect a car'}).click();
  await press('Tesla');
  await page.getByLabel('Email address').fill('ada@example.com');
  await page.getByLabel('Password').fill('any');
  await press('Log in');
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await press('Continue');
  await press('Allow');
  await sleep(12_000);
  simulator.expireAccessTokens();
  simulator.next({path: '/battery', times: 4}, {error: 'UPSTREAM:NO_RESPONSE'});
  await sleep(10_000);
  await choose('Model S');
  await press('Too many calls to the car');
  await press('Twenty readers at once');
  await sleep(12_000);
  await choose('Model Y');
  await press('The car falls asleep');
  await choose('Model 3');
  await press('The login at the maker is lost');
  await page.getByRole('link', {name: 'Reconnect'}).waitFor();
  await sleep(2_000);
  await picture(page, 'web-owner.png');
  await page.goto(`${app.url}/operator`);
  await page.getByText(/in \d+ s/).waitFor();
  await picture(page, 'web-operator.png');
} finally {
  await browser.close();
  await close();
}

async function picture(page: Page, name: string): Promise<void> {
  const path = join(pictures, name);
  const height: number = await page.evaluate('document.documentElement.scrollHeight');
  await page.setViewportSize({width: WIDTH, height: Math.min(height, HIGHEST)});
  await page.screenshot({path});
  const {size} = statSync(path);
  console.log(`docs/pictures/${name}: ${Math.round(size / 1000)} kB`);
  if (size > MOST_BYTES)
    throw new Error(`Expected ${name} to have ${MOST_BYTES} bytes at most, got ${size}.`);
}
