import {describe, expect, test} from 'vitest';
import {kindsOf, type Limits} from '../../src/limits/kinds.ts';

const NONE: Limits = {vehicle: {commands: 1, requests: Infinity, spacingMs: 0}};
const kind = (key: string, over: Partial<Limits> = {}): ReturnType<ReturnType<typeof kindsOf>> =>
  kindsOf({...NONE, ...over})(key);
const PLAIN = {places: Infinity, crowd: Infinity, opening: 'doubling', learnedSize: 1};

describe('without limits', () => {
  test('the application has the bucket that Smartcar documents, and no rate', () => {
    const documented = {size: 120, intervalMs: 30_000};
    expect(kind('application')).toEqual({
      ...PLAIN,
      crowd: 120,
      learnedSize: 120,
      documented,
      rate: undefined,
    });
  });

  test.each([
    ['vehicle:a', {opening: 'one', rate: undefined}],
    ['commands:a', {places: 1}],
    ['token:ada', {opening: 'all'}],
    ['token', {opening: 'all'}],
    ['user:ada', {}],
    ['permission:a:read_odometer', {}],
    ['make', {}],
  ])('%s is like any other scope but for %o', (key, over) => {
    expect(kind(key)).toEqual({...PLAIN, ...over});
  });
});

describe('limits that are set', () => {
  test('give the application a rate that all processes share', () => {
    const application = {bucket: 10, perMinute: 120};
    expect(kind('application', {application})).toMatchObject({
      rate: {size: 10, intervalMs: 500},
      rateIsShared: true,
    });
  });

  test('give a car so many places, and its commands theirs', () => {
    const vehicle = {commands: 2, requests: 3, spacingMs: 0};
    expect(kind('vehicle:a', {vehicle}).places).toBe(3);
    expect(kind('commands:a', {vehicle}).places).toBe(2);
  });

  test.each([
    [{spacingMs: 1}, {size: 1, intervalMs: 1}],
    [
      {spacingMs: 500, bucket: 4},
      {size: 4, intervalMs: 500},
    ],
    [{spacingMs: 0, bucket: 4}, undefined],
  ])('keep the requests to a car apart: %o', (over, rate) => {
    expect(kind('vehicle:a', {vehicle: {...NONE.vehicle, ...over}}).rate).toEqual(rate);
  });
});
