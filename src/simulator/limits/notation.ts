/** How a told wait is written into `Retry-After`. The API promises `seconds`; the rest has been seen or feared. */
export type RetryAfterNotation = 'seconds' | 'http-date' | 'epoch-s' | 'epoch-ms' | 'garbage' | 'none';

/** Rounds up, never down: whoever comes back at the told time finds a token. */
export function writeRetryAfter(style: RetryAfterNotation, waitMs: number, now: number): string | undefined {
  switch (style) {
    case 'seconds':
      return String(Math.ceil(waitMs / 1000));
    case 'http-date':
      return new Date(Math.ceil((now + waitMs) / 1000) * 1000).toUTCString();
    case 'epoch-s':
      return String(Math.ceil((now + waitMs) / 1000));
    case 'epoch-ms':
      return String(Math.ceil(now + waitMs));
    case 'garbage':
      return 'in a little while';
    case 'none':
      return undefined;
  }
}
