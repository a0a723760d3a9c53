const LONGEST = 200;

/** A value as it stands in a hint: in backticks, on one line, and not without end. */
export function quoted(value: string): string {
  const line = value.replace(/[`\s]+/g, ' ').trim();
  return `\`${line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line}\``;
}

/** `a`, `b` and `c`. */
export function listed(values: readonly string[], word = 'and'): string {
  const all = values.map(quoted);
  const last = all.pop() ?? '';
  return all.length > 0 ? `${all.join(', ')} ${word} ${last}` : last;
}

/** A sentence's end, where a text of somebody else may have brought its own. */
export function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

const MOST_DATE = 8.64e15;

/** Epoch ms as an ISO time to the second; nothing where no calendar reaches. */
export function at(time: number): string | undefined {
  if (!(Math.abs(time) <= MOST_DATE)) return undefined;
  return `${new Date(time).toISOString().replace(/\.\d+Z/, '')}Z`;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration in the unit that a reader would choose; never less than it is. */
export function lasting(ms: number): string {
  if (ms <= 2 * MINUTE) return `${Math.max(1, Math.ceil(ms / SECOND))} s`;
  if (ms <= 2 * HOUR) return `${Math.ceil(ms / MINUTE)} min`;
  return ms <= 2 * DAY ? `${Math.ceil(ms / HOUR)} h` : `${Math.ceil(ms / DAY)} days`;
}

/** `until 2026-09-01T12:02:00Z (in 120 s)`. */
export function until(time: number, now: number): string | undefined {
  const when = at(time);
  if (when === undefined) return undefined;
  return time > now ? `until ${when} (in ${lasting(time - now)})` : `until ${when}`;
}
