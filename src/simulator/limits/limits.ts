/** How a told wait is written into `Retry-After`. The API promises `seconds`; the rest has been seen or feared. */
export type RetryAfterNotation = 'seconds' | 'http-date' | 'epoch-s' | 'epoch-ms' | 'garbage' | 'none';

/** Request limits. Both are off by default. */
export interface LimitOptions {
  /**
   * The bucket of the whole application: 429 RATE_LIMIT:SMARTCAR_API, without `Retry-After`. One token per
   * HTTP request that carries a valid token. Smartcar's own default is 120 and 2 per minute.
   * @default false
   * @see https://smartcar.com/docs/help/api-limits
   */
  readonly application?: {readonly size: number; readonly perMinute: number} | false;
  /**
   * The bucket of each car: 429 RATE_LIMIT:VEHICLE with `Retry-After`. One token per read, per command and
   * per path of a batch; one comes back every `everyMs`.
   * @default false
   */
  readonly vehicle?: {readonly size: number; readonly everyMs: number} | false;
  /**
   * The maker's own limit on each car: 502 UPSTREAM:RATE_LIMIT, without `Retry-After`. Drawn by what asks the car:
   * v2 readings and all commands; v3 signals come from Smartcar's store.
   * @default false
   */
  readonly maker?: {readonly size: number; readonly everyMs: number} | false;
  /**
   * The calls that the plan allows for each car in a calendar month (UTC): 430 BILLING:VEHICLE_REQUEST_LIMIT from
   * then on. Counts each read, command and path of a batch that the buckets above let through, failed or not.
   * @default false
   */
  readonly monthly?: {readonly calls: number} | false;
  /** @default 'seconds' */
  readonly retryAfter?: RetryAfterNotation;
}

export interface Limits {
  /** Draws one token from the application's bucket; returns how long to wait in ms, 0 when drawn. */
  drawApplication(now: number): number;
  /** The same for one car's bucket. */
  drawVehicle(vehicle: string, now: number): number;
  /** Lays other limits over those that hold; what changes starts anew. */
  set(options: LimitOptions): void;
  /** The value of `Retry-After` for a wait. */
  retryAfter(waitMs: number, now: number): string | undefined;
}

export function createLimits(options: LimitOptions = {}): Limits {
  const {application, vehicle, retryAfter = 'seconds'} = options;
  const applicationBucket = application
    ? bucket(application.size, 60_000 / application.perMinute)
    : undefined;
  const vehicleBuckets = new Map<string, Bucket>();
  return {
    drawApplication: now => applicationBucket?.(now) ?? 0,
    drawVehicle(id, now) {
      if (!vehicle) return 0;
      let draw = vehicleBuckets.get(id);
      if (draw === undefined) vehicleBuckets.set(id, (draw = bucket(vehicle.size, vehicle.everyMs)));
      return draw(now);
    },
    set() {
      throw new Error('to be built');
    },
    retryAfter: (waitMs, now) => notation(retryAfter, waitMs, now),
  };
}

type Bucket = (now: number) => number;

/**
 * A token bucket kept as one time, the moment at which it would be full again: no timer, and exact on any
 * clock.
 */
function bucket(size: number, everyMs: number): Bucket {
  let fullAt = Number.NEGATIVE_INFINITY;
  return now => {
    const opensAt = fullAt - (size - 1) * everyMs;
    if (now < opensAt) return opensAt - now;
    fullAt = Math.max(fullAt, now) + everyMs;
    return 0;
  };
}

/** Rounds up, never down: whoever comes back at the told time finds a token. */
function notation(style: RetryAfterNotation, waitMs: number, now: number): string | undefined {
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
