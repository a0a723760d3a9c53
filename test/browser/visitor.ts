import type {Browser, Page} from 'playwright-core';
import {afterAll, afterEach, beforeAll} from 'vitest';
import {launchChromium} from './chromium.ts';

/** Somebody in front of a browser. */
export interface Visitor {
  /** One page for all tests of a file: Connect keeps nothing in a browser. */
  readonly page: () => Page;
  /** What the browser complained about since the test began. A test ends badly that leaves some here. */
  readonly complaints: string[];
  readonly heading: () => Promise<string | null>;
  readonly click: (button: string) => Promise<void>;
  readonly logIn: (email: string, password?: string) => Promise<void>;
}

/** Opens a browser for the tests of a suite, and watches what it complains about, and whom it asks. */
export function visitor(): Visitor {
  let browser: Browser | undefined;
  let opened: Page | undefined;
  const complaints: string[] = [];
  const page = (): Page => {
    if (opened === undefined) throw new Error('Expected the browser to be open by now.');
    return opened;
  };

  beforeAll(async () => {
    browser = await launchChromium();
    opened = await browser.newPage();
    opened.setDefaultTimeout(10_000);
    opened.on('console', message => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    opened.on('pageerror', error => complaints.push(String(error)));
    opened.on('request', request => {
      const {protocol, hostname} = new URL(request.url());
      if (protocol !== 'data:' && hostname !== '127.0.0.1') complaints.push(request.url());
    });
  }, 60_000);
  afterAll(() => browser?.close());
  afterEach(() => {
    const found = complaints.splice(0);
    if (found.length > 0) throw new Error(`The browser complained:\n${found.join('\n')}`);
  });

  const click = (name: string): Promise<void> => page().getByRole('button', {name, exact: true}).click();
  return {
    page,
    complaints,
    heading: () => page().getByRole('heading', {level: 1}).textContent(),
    click,
    async logIn(email, password = 'any') {
      await page().getByLabel('Email address').fill(email);
      await page().getByLabel('Password').fill(password);
      await click('Log in');
    },
  };
}
