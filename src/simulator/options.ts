import type {SimulatorOptions} from './types.ts';

/** Refuses options that could not mean anything, by name, before anything listens. */
export function checkOptions({port, latencyMs, tokens = {}, limits = {}}: SimulatorOptions): void {
  checkNumber('port', port, 0);
  checkNumber('latencyMs', latencyMs, 0);
  checkNumber('tokens.accessTtlMs', tokens.accessTtlMs, 0);
  checkNumber('tokens.applicationTtlMs', tokens.applicationTtlMs, 0);
  checkNumber('tokens.refreshTtlMs', tokens.refreshTtlMs, 0);
  checkNumber('tokens.graceMs', tokens.graceMs, 0);
  if (limits.application) {
    checkNumber('limits.application.size', limits.application.size, 1);
    checkNumber('limits.application.perMinute', limits.application.perMinute, Number.MIN_VALUE);
  }
  if (limits.vehicle) {
    checkNumber('limits.vehicle.size', limits.vehicle.size, 1);
    checkNumber('limits.vehicle.everyMs', limits.vehicle.everyMs, 0);
  }
}

function checkNumber(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isFinite(value) && value >= least)) return;
  const range = least === Number.MIN_VALUE ? 'above 0' : `from ${least} up`;
  throw new TypeError(`Expected \`${name}\` to be a number ${range}, got \`${value}\` (${typeof value})`);
}
