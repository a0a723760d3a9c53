/** A part of a whole, rounded down: what is not all of it never looks like all of it. */
export function shareOf(part: number, whole: number): string {
  return `${(Math.floor((part * 1_000) / whole) / 10).toFixed(1)} %`;
}

/** From 0 to 1, rounded up: what is a little never looks like nothing. */
export function shareAtMost(share: number): string {
  // Ten digits, so that no 0.07 * 1000 = 70.00000000000001 is rounded up.
  return `${(Math.ceil(Number((share * 1_000).toFixed(10))) / 10).toFixed(1)} %`;
}

/** A ratio, with two digits. */
export function ratio(value: number): string {
  return value < 1_000 ? value.toFixed(2) : count(value);
}

/** A whole number, in groups of three digits. */
export function count(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
}

/** Each with the time from which on it is used: 59.5 s would be written as 60 s, and is 1.0 min. */
const UNITS = [
  {name: 's', ms: 1_000, from: 0},
  {name: 'min', ms: 60_000, from: 59_500},
  {name: 'h', ms: 3_600_000, from: 59.5 * 60_000},
  {name: 'd', ms: 86_400_000, from: 23.5 * 3_600_000},
] as const;

/** A duration in the unit that fits it: `0.4 s`, `12 s`, `2.9 min`, `1.2 h`. */
export function lasting(ms: number): string {
  if (ms === 0) return '0 s';
  if (ms < 100) return `${Math.max(1, Math.round(ms))} ms`;
  const unit = UNITS.findLast(({from}) => ms >= from) ?? UNITS[0];
  const value = ms / unit.ms;
  return `${value < 9.95 ? value.toFixed(1) : String(Math.round(value))} ${unit.name}`;
}

/** A number of things, in words. */
export function counted(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? '' : 's'}`;
}
