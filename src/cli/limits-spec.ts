import {InvalidArgumentError} from 'commander';
import type {LimitOptions} from '../simulator/index.ts';

/** The limits that Smartcar documents. https://smartcar.com/docs/help/api-limits */
const documented: LimitOptions = {application: {size: 120, perMinute: 2}};

const off: LimitOptions = {application: false, vehicle: false, maker: false, monthly: false};

const unitsMs: Readonly<Record<string, number>> = {ms: 1, s: 1_000, m: 60_000, h: 3_600_000};

const readers: Readonly<Record<string, (value: string) => LimitOptions>> = {
  application(value) {
    const [, size, perMinute] = /^(\d+)\/(\d+(?:\.\d+)?)$/.exec(value) ?? [];
    if (!(Number(size) >= 1 && Number(perMinute) > 0)) {
      throw wrong('application', 'a size and how many come back per minute, such as 120/2', value);
    }
    return {application: {size: Number(size), perMinute: Number(perMinute)}};
  },
  vehicle: value => ({vehicle: perCar('vehicle', value)}),
  maker: value => ({maker: perCar('maker', value)}),
  monthly(value) {
    if (!/^\d+$/.test(value)) throw wrong('monthly', 'a number of calls, such as 500', value);
    return {monthly: {calls: Number(value)}};
  },
};

/** Reads `smartcar`, `off`, or a list such as `application=120/2,vehicle=10/60s,maker=20/10m,monthly=500`. */
export function limitsFrom(spec: string): LimitOptions {
  if (spec === 'off') return off;
  const names = new Set<string>();
  return spec.split(',').reduce<LimitOptions>((limits, part) => {
    if (part === 'smartcar') return {...limits, ...documented};
    const [name = '', ...rest] = part.split('=');
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (read === undefined) {
      const known = Object.keys(readers).join(', ');
      throw new InvalidArgumentError(`Expected smartcar, off, or a list of ${known}, got \`${part}\`.`);
    }
    if (names.has(name)) throw new InvalidArgumentError(`Expected \`${name}\` once, got it twice.`);
    names.add(name);
    const value = rest.join('=');
    return {...limits, ...(value === 'off' ? {[name]: false} : read(value))};
  }, {});
}

function perCar(name: string, value: string): {readonly size: number; readonly everyMs: number} {
  const [, size, count, unit = ''] = /^(\d+)\/(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value) ?? [];
  const everyMs = Number(count) * (unitsMs[unit] ?? Number.NaN);
  if (!(Number(size) >= 1 && everyMs > 0)) {
    throw wrong(name, 'a size and the time after which one comes back, such as 10/60s', value);
  }
  return {size: Number(size), everyMs};
}

function wrong(name: string, expected: string, value: string): InvalidArgumentError {
  return new InvalidArgumentError(`Expected \`${name}\` to be ${expected}, got \`${value}\`.`);
}
