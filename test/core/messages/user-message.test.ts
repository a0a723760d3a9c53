import {describe, expect, it} from 'vitest';
import {requestFacts} from '../../../src/core/endpoints.ts';
import {filled} from '../../../src/core/messages/suggested.ts';
import {userMessage} from '../../../src/core/messages/user-message.ts';
import type {MessageFacts} from '../../../src/core/messages/verdict.ts';
import {judge, REAUTHENTICATE, v2} from '../support/call.ts';

const endpoint = requestFacts('GET', '/v2.0/vehicles/c/odometer').endpoint!;
const connectUrl = 'https://connect.smartcar.com/oauth/authorize?client_id=c';
const suggested = '<app name> needs your permission. Please grant it at <link to Smartcar Connect>.';
const lacking = {
  ...judge({...v2('PERMISSION', null, 403, REAUTHENTICATE), suggestedUserMessage: suggested}),
  endpoint,
};
const asleep = {...judge(v2('VEHICLE_STATE', 'ASLEEP', 409)), endpoint};

describe("the server's suggestion", () => {
  it('is shown with the name of the app and the link in it', () => {
    expect(userMessage({...lacking, connectUrl}, {appName: 'Volt'})).toBe(
      `Volt needs your permission. Please grant it at ${connectUrl}.`,
    );
  });

  it.each([
    ['the name of the app', {...lacking, connectUrl}, {}],
    ['the link', lacking, {appName: 'Volt'}],
  ])('gives way to our own words where %s is missing', (_, verdict, voice) => {
    const text = userMessage(verdict, voice);
    expect(text).toMatch(/couldn't read the odometer of your car, because your permission/);
    expect(text).not.toMatch(/[<>]/);
  });

  it('gets the link at its end where it has no place for it', () => {
    const plain = {...lacking, failure: {...lacking.failure, suggestedUserMessage: 'Please reconnect.'}};
    expect(userMessage({...plain, connectUrl})).toBe(`Please reconnect. ${connectUrl}`);
  });

  it('is not believed where the server misleads', () => {
    const request = requestFacts('POST', '/v2.0/vehicles/c/TESLA/charge');
    const verdict = judge(
      {...v2('PERMISSION', null, 403, REAUTHENTICATE), suggestedUserMessage: 'Grant it.'},
      {state: {request}},
    );
    expect(verdict.reason).toBe('make-in-capitals');
    expect(userMessage(verdict)).not.toContain('Grant it.');
  });

  it.each([
    ['<app name> <unheard of>', undefined],
    ['<APP NAME> waits', 'Volt waits'],
    ['<your app name> waits', 'Volt waits'],
    ['at <Connect link>', `at ${connectUrl}`],
    ['1 < 2', undefined],
    ['   ', undefined],
    ['a < b <script>', undefined],
    ['<script>alert(1)</script>', undefined],
    ['at <link to\n  Smartcar Connect>', `at ${connectUrl}`],
    ['\u001B[31mred\u001B[0m \u202Eand\u0007 back\r\nagain', 'red and back again'],
    [`cut ${'x'.repeat(500)}`, undefined],
    ['x'.repeat(500), undefined],
    ['x'.repeat(499), 'x'.repeat(499)],
    ['< app name > waits', 'Volt waits'],
    ['<toString> <__proto__>', undefined],
    ['no placeholder', 'no placeholder'],
  ])('fills %j', (text, expected) => {
    expect(filled(text, {appName: 'Volt', connectUrl})).toBe(expected);
  });
});

it.each([
  ['Ask <app name>', ' Volt ', 'Ask  Volt'],
  ['<app name>', ' ', undefined],
])("white space around the app's name does not show at the ends of %j", (text, appName, expected) => {
  expect(filled(text, {appName})).toBe(expected);
});

describe('our own words', () => {
  it('name the app where it has a name', () => {
    expect(userMessage(asleep, {appName: 'Volt'})).toBe(
      "Volt couldn't read the odometer of your car, because it is asleep. Please try again later, or start it once.",
    );
  });

  it('carry the link where the owner has to reconnect, and only there', () => {
    expect(userMessage({...lacking, connectUrl})).toMatch(/allow it\. https:\/\/connect\.smartcar\.com\//);
    expect(userMessage({...asleep, connectUrl})).not.toContain('https:');
  });
});

describe('the option `messages`', () => {
  it('is told everything and has the last word', () => {
    let seen: MessageFacts | undefined;
    const messages = (facts: MessageFacts): string => {
      seen = facts;
      return 'Dein Auto schläft.';
    };
    expect(userMessage(asleep, {appName: 'Volt', locale: 'de', messages})).toBe('Dein Auto schläft.');
    expect(seen).toMatchObject({
      action: 'retry',
      needs: 'nobody',
      phrase: 'read the odometer of',
      appName: 'Volt',
      locale: 'de',
      failure: {type: 'VEHICLE_STATE', code: 'ASLEEP'},
      text: expect.stringMatching(/^Volt couldn't read the odometer/),
    });
  });

  it('is told the link, and no time where there is none', () => {
    let seen: MessageFacts | undefined;
    const messages = (facts: MessageFacts): undefined => void (seen = facts);
    userMessage({...lacking, connectUrl}, {messages});
    expect(seen?.connectUrl).toBe(connectUrl);
    expect(seen).not.toHaveProperty('retryAt');
  });

  it('cannot change what is explained, and knows when to come back', () => {
    let seen: MessageFacts | undefined;
    const verdict = {...asleep, parkedFor: 'x', command: true};
    const messages = (facts: MessageFacts): undefined => {
      seen = facts;
      (facts.failure as {code?: string}).code = 'CHANGED';
    };
    userMessage(verdict, {messages});
    expect(verdict.failure.code).toBe('ASLEEP');
    expect(seen?.retryAt).toBe(asleep.retryAt);
    expect(Object.keys(seen ?? {}).toSorted()).toEqual(
      ['action', 'failure', 'needs', 'phrase', 'reason', 'retryAt', 'text'].toSorted(),
    );
  });

  it('that answers with a promise which rejects leaves no rejection behind', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): unknown => rejections.push(reason);
    process.on('unhandledRejection', note);
    const messages = (() => Promise.reject(new Error('too late'))) as never;
    expect(userMessage(asleep, {messages})).toMatch(/^We couldn't read the odometer/);
    await new Promise(resolve => setTimeout(resolve, 5));
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });

  it.each([
    ['answers nothing', () => undefined],
    ['answers white space', () => ' \n'],
    ['answers an empty text', () => ''],
    ['answers no text', () => 7 as never],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
  ])('leaves our words where it %s', (_, messages) => {
    expect(userMessage(asleep, {messages})).toMatch(/^We couldn't read the odometer of your car/);
  });
});
