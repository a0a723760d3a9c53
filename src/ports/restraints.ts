import type {Failure} from '../core/failure.ts';
import type {Pass} from './gates.ts';

/** How many retries the application can still afford, so that an outage is never multiplied. */
export interface Budget {
  readonly affordable: boolean;
  /** For each call. */
  deposit(): void;
  /** For each retry that no gate bounds. */
  spend(): void;
  /** Retries that are left now. */
  readonly left: number;
}

/** Notices when the cars of one maker all fail at once. */
export interface Outages {
  /** The maker of a car in lower case, as far as it is known. `given`: what the caller says. */
  makeOf(vehicle: string | undefined, given: string | undefined): string | undefined;
  answered(call: AboutCar, answer: unknown): void;
  failed(call: AboutCar, failure: Failure, passes: readonly Pass[]): void;
}

/** What a breaker for makers wants to know about a call. */
export interface AboutCar {
  readonly vehicle: string | undefined;
  readonly make: string | undefined;
  /** `GET /vehicles/{id}`, say. */
  readonly operation: string | undefined;
}
