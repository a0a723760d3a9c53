import {describe, expect, test} from 'vitest';
import type {CallContext} from '../../src/engine/call.ts';
import {checkedContext, checkUserHeader, laidOver} from '../../src/engine/context.ts';

const given = (context: unknown) => (): CallContext => checkedContext(context as CallContext);

describe('the context of a call', () => {
  test('passes as it is when every member is what it has to be', () => {
    const context: CallContext = {
      user: 'ada',
      vehicle: 'car',
      operation: 'odometer',
      idempotent: false,
      make: 'tesla',
      priority: 0,
      signal: AbortSignal.abort(),
      maxWaitMs: 0,
      deadlineMs: Infinity,
      waitForReauthMs: 1,
      coalesce: true,
      settle: false,
      locale: 'en',
    };
    expect(checkedContext(context)).toBe(context);
  });

  test('may have members that are undefined, also ones that nobody knows', () => {
    expect(given({user: undefined, elsewhere: undefined})).not.toThrow();
  });

  const wrong: readonly (readonly [name: string, context: unknown, said: string])[] = [
    ['no object', 'ada', 'Expected The context of a call to be an object, got `ada` (string)'],
    ['null', null, 'Expected The context of a call to be an object, got null'],
    ['an unknown member', {usr: 'ada'}, 'only user, vehicle, operation'],
    ['a member that every object has', {toString: 1}, 'only user, vehicle, operation'],
    ['an empty user', {user: ''}, '`user` of a call to be a text that is not empty'],
    ['a vehicle that is a number', {vehicle: 1}, '`vehicle` of a call to be a text that is not empty'],
    ['a negative wait', {maxWaitMs: -1}, '`maxWaitMs` of a call to be a number of milliseconds from 0 up'],
    ['a wait in words', {deadlineMs: '5'}, '`deadlineMs` of a call to be a number of milliseconds'],
    ['a wait that is no number', {waitForReauthMs: Number.NaN}, '`waitForReauthMs` of a call'],
    ['a priority beyond 9', {priority: 10}, '`priority` of a call'],
    ['a signal that is none', {signal: {}}, '`signal` of a call to be an AbortSignal'],
    ['a signal that is null', {signal: null}, '`signal` of a call to be an AbortSignal, got null'],
    ['a flag in words', {settle: 'yes'}, '`settle` of a call to be true or false'],
  ];
  test.each(wrong)('is refused with %s', (_name, context, said) => {
    expect(given(context)).toThrow(expect.objectContaining({code: 'CONFIGURATION'}));
    expect(given(context)).toThrow(said);
  });
});

test('a context laid over another covers what it names, and nothing with what is undefined', () => {
  const under: CallContext = {user: 'ada', vehicle: 'car'};
  expect(laidOver(under, {user: 'bob', vehicle: undefined, idempotent: false})).toEqual({
    user: 'bob',
    vehicle: 'car',
    idempotent: false,
  });
  expect(under).toEqual({user: 'ada', vehicle: 'car'});
});

describe('a user that goes out as a header', () => {
  test.each(['2dad4eaf-9094', '!', '~', '\u0080ÿ'])('may be %j', user => {
    expect(() => checkUserHeader(user)).not.toThrow();
  });

  test.each(['', 'a b', ' ada', 'ada\r\n', 'ada\u007f', 'žofie'])('may not be %j', user => {
    expect(() => checkUserHeader(user)).toThrow('which goes out as the header sc-user-id');
  });
});
