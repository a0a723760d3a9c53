import {describe, expect, test} from 'vitest';
import type {LimitOptions} from '../../src/simulator/index.ts';
import {createLimits} from '../../src/simulator/limits/limits.ts';
import {start, v2Owner} from './harness.ts';

const minute = 60_000;

describe('setLimits', () => {
  test('starts anew what it names, and leaves the rest as it was', async () => {
    const simulator = await start({
      limits: {application: {size: 2, perMinute: 1}, vehicle: {size: 1, everyMs: minute}},
    });
    const {vehicle, send} = v2Owner(simulator);
    const get = async () => {
      const {status, body} = await send('GET', `/v2.0/vehicles/${vehicle}/vin`);
      return status === 200 ? 'ok' : body.code;
    };
    expect([await get(), await get()]).toEqual(['ok', 'VEHICLE']);
    simulator.setLimits({vehicle: {size: 1, everyMs: minute}});
    expect(await get()).toBe('SMARTCAR_API');
    simulator.setLimits({application: false});
    expect([await get(), await get()]).toEqual(['ok', 'VEHICLE']);
    simulator.setLimits({retryAfter: 'garbage'});
    const refused = await send('GET', `/v2.0/vehicles/${vehicle}/vin`);
    expect(refused.headers.get('retry-after')).toBe('in a little while');
    simulator.setLimits({vehicle: false, monthly: {calls: 1}, maker: {size: 1, everyMs: 1}});
    expect([await get(), await get()]).toEqual(['ok', 'VEHICLE_REQUEST_LIMIT']);
    simulator.setLimits({});
    expect(await get()).toBe('VEHICLE_REQUEST_LIMIT');
    simulator.setLimits({monthly: false});
    expect(await get()).toBe('ok');
  });

  test('changes nothing at all when one of its limits makes no sense', async () => {
    const simulator = await start({limits: {application: {size: 1, perMinute: 1}}});
    const {send} = v2Owner(simulator);
    await send('GET', '/v2.0/user');
    expect(() => simulator.setLimits({application: false, maker: {size: 0, everyMs: 1}})).toThrow(
      '`limits.maker.size`',
    );
    expect((await send('GET', '/v2.0/user')).status).toBe(429);
  });
});

describe('limits that make no sense are refused by name', () => {
  test.each([
    [
      {application: {size: 0, perMinute: 1}},
      '`limits.application.size` to be a whole number from 1 up, got `0`',
    ],
    [
      {application: {size: 1, perMinute: 0}},
      '`limits.application.perMinute` to be a number above 0, got `0`',
    ],
    [{application: {size: 1}}, '`limits.application.perMinute` to be given, got nothing'],
    [
      {application: true},
      '`limits.application` to be an object with size, perMinute, retryAfter, got `true`',
    ],
    [
      {application: {size: 1, perMinute: 1, retryAfter: 'no'}},
      '`limits.application.retryAfter` to be true or false',
    ],
    [{vehicle: {size: 1, everyMs: Number.NaN}}, '`limits.vehicle.everyMs` to be a number above 0, got `NaN`'],
    [{vehicle: {size: 1.5, everyMs: 1}}, '`limits.vehicle.size` to be a whole number from 1 up, got `1.5`'],
    [{maker: {size: 1, everyMs: Infinity}}, '`limits.maker.everyMs` to be a number above 0, got `Infinity`'],
    [{monthly: {calls: -1}}, '`limits.monthly.calls` to be a whole number from 0 up, got `-1`'],
    [{monthly: 500}, '`limits.monthly` to be an object with calls, got `500`'],
    [{retryAfter: 'minutes'}, '`limits.retryAfter` to be one of seconds, http-date, '],
    [{aplication: false}, '`limits.aplication` to be absent (what can be given is application, vehicle, '],
    [null, '`limits` to be an object with application, '],
  ])('%j', async (limits, message) => {
    expect(() => createLimits(limits as LimitOptions)).toThrow(message);
    const simulator = await start();
    expect(() => simulator.setLimits(limits as LimitOptions)).toThrow(message);
    await expect(start({limits: limits as LimitOptions})).rejects.toThrow('`limits');
  });
});
