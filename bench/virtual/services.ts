import {pause} from './time.ts';

const LATENCY_MS = 50;
const FAILING_LATENCY_MS = 20;

/** One token more each so many milliseconds. */
interface Bucket {
  /** Milliseconds until a token is there. */
  readonly restMs: () => number;
  readonly take: () => void;
}

/** Kept as the time when it will be full again: whole milliseconds, and no sum of fractions. */
function bucket(size: number, everyMs: number): Bucket {
  let fullAt = Date.now();
  return {
    restMs: () => Math.max(0, fullAt - Date.now() - (size - 1) * everyMs),
    take() {
      fullAt = Math.max(fullAt, Date.now()) + everyMs;
    },
  };
}

/** What a service saw of its callers. */
export interface Tally {
  calls: number;
  /** Answered 429. */
  refused: number;
  /** Sent before a time that had been told for the scope. */
  early: number;
}

export interface Service {
  readonly fetch: typeof fetch;
  readonly tally: Tally;
}

/**
 * Smartcar's two limits, in memory: 120 calls and 2 a minute for the application, 2 calls and one each 30 seconds for
 * a car. What a car refuses takes nothing from the application. Made where its time goes on, real or virtual.
 */
export function limitedService(): Service {
  const tally: Tally = {calls: 0, refused: 0, early: 0};
  const application = bucket(120, 30_000);
  const cars = new Map<string, Bucket>();
  const told = new Map<string, number>();
  const carOf = (id: string): Bucket => {
    const car = cars.get(id) ?? bucket(2, 30_000);
    cars.set(id, car);
    return car;
  };
  const isEarly = (scope: string): boolean => (told.get(scope) ?? 0) > Date.now();

  const service = async (input: string | URL | Request): Promise<Response> => {
    const id = carIn(input);
    tally.calls += 1;
    if (isEarly(id) || isEarly('application')) tally.early += 1;
    const car = carOf(id);
    const [scope, restMs] = car.restMs() > 0 ? [id, car.restMs()] : ['application', application.restMs()];
    if (restMs === 0) {
      car.take();
      application.take();
      await pause(LATENCY_MS);
      return Response.json({distance: 37_829});
    }
    tally.refused += 1;
    const seconds = Math.ceil(restMs / 1_000);
    const until = Date.now() + seconds * 1_000;
    await pause(LATENCY_MS);
    // Nobody is early who could not know: only from here on has it been told.
    told.set(scope, Math.max(until, told.get(scope) ?? 0));
    return refusal(scope === 'application' ? 'SMARTCAR_API' : 'VEHICLE', seconds);
  };
  return {fetch: service, tally};
}

/** A service whose calls fail at this rate, as one does that cannot reach its cars. */
export function failingService(rate: number, dice: () => number): Service {
  const tally: Tally = {calls: 0, refused: 0, early: 0};
  const service = async (): Promise<Response> => {
    tally.calls += 1;
    const fails = dice() < rate;
    await pause(FAILING_LATENCY_MS);
    return fails
      ? problem(502, 'UPSTREAM', 'NO_RESPONSE', 'The vehicle did not answer in time.')
      : Response.json({distance: 37_829});
  };
  return {fetch: service, tally};
}

function refusal(code: string, seconds: number): Response {
  return problem(429, 'RATE_LIMIT', code, 'Too many requests.', {'retry-after': String(seconds)});
}

/** As v2 writes it. */
function problem(
  statusCode: number,
  type: string,
  code: string,
  description: string,
  headers: Record<string, string> = {},
): Response {
  const requestId = '26c14915-0c26-43c5-8e42-9edfc2a66a0f';
  const body = {type, code, statusCode, description, resolution: {type: 'RETRY_LATER'}, requestId};
  return Response.json(body, {status: statusCode, headers});
}

function carIn(input: string | URL | Request): string {
  const url = input instanceof Request ? input.url : String(input);
  const id = /\/vehicles\/([^/]+)\//.exec(url)?.[1];
  if (id === undefined) throw new Error(`Expected a URL of a vehicle, got ${url}`);
  return id;
}

const PATHS = ['odometer', 'battery', 'charge', 'fuel', 'location', 'engine/oil', 'tires/pressure', 'vin'];

/** A reading of a car, both counted from 0; the eighth further on is the first again. */
export function readingOf(car: number, reading: number): string {
  const id = `36ab27d0-fd9d-4455-823a-${String(car).padStart(12, '0')}`;
  return `https://api.smartcar.com/v2.0/vehicles/${id}/${PATHS[reading % PATHS.length]}`;
}
