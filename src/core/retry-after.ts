/**
 * Reads `Retry-After` in every notation seen with Smartcar: seconds (with or without a fraction), HTTP-date,
 * epoch seconds and epoch milliseconds. Returns milliseconds to wait from `now`, rounded up; a past or negative
 * time is 0; anything else is `undefined`, as good as absent.
 *
 * Smartcar promises seconds (https://smartcar.com/docs/errors/api-errors/rate-limit-errors); the java-sdk's
 * documentation and the node-sdk's test use epoch milliseconds.
 */
export function retryAfterMs(value: unknown, now: number): number | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (text.length > 64) return undefined;
  if (/^-?\d+(\.\d+)?$/.test(text)) return fromNumber(Number(text), now);
  const date = httpDate(text, now);
  return date === undefined ? undefined : Math.max(0, date - now);
}

const EPOCH_SECONDS_FROM = 1e9;
const EPOCH_MS_FROM = 1e11;
/** The last instant a Date can hold: a number beyond it is no time. */
const LAST_DATE_MS = 8.64e15;

function fromNumber(number: number, now: number): number | undefined {
  if (number < EPOCH_SECONDS_FROM) return Math.max(0, Math.ceil(number * 1000));
  const at = number < EPOCH_MS_FROM ? number * 1000 : number;
  return at > LAST_DATE_MS ? undefined : Math.max(0, Math.ceil(at - now));
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const IMF = /^[a-z]{3}, (?<day>\d{2}) (?<month>[a-z]{3}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) gmt$/i;
const RFC850 = /^[a-z]+, (?<day>\d{2})-(?<month>[a-z]{3})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) gmt$/i;
const ASCTIME = /^[a-z]{3} (?<month>[a-z]{3}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/i;

/** The three date forms of RFC 9110 section 5.6.7 and no other: `Date.parse` would read a year out of "soon 1". */
function httpDate(text: string, now: number): number | undefined {
  const parts = (IMF.exec(text) ?? RFC850.exec(text) ?? ASCTIME.exec(text))?.groups;
  if (!parts) return undefined;
  const month = MONTHS.indexOf((parts['month'] ?? '').toLowerCase());
  const [hour = 0, minute = 0, second = 0] = (parts['time'] ?? '').split(':').map(Number);
  const day = Number(parts['day']);
  if (month < 0 || hour > 23 || minute > 59 || second > 60) return undefined;
  const midnight = Date.UTC(fullYear(parts['year'] ?? '', now), month, day);
  // Date.UTC carries a 31st of February over into March.
  if (new Date(midnight).getUTCDate() !== day) return undefined;
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** A two-digit year that seems more than 50 years ahead stands for the past (RFC 9110 section 5.6.7). */
function fullYear(digits: string, now: number): number {
  if (digits.length === 4) return Number(digits);
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + Number(digits);
  return year > thisYear + 50 ? year - 100 : year;
}
