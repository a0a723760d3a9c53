import {createRequire} from 'node:module';

interface Meta {
  readonly requestId: string;
}
type Answer<T> = Promise<T & {readonly meta: Meta}>;
type Sent = Answer<{readonly status: string}>;

export interface SdkVehicle {
  odometer(): Answer<{readonly distance: number}>;
  lock(): Sent;
  unlock(): Sent;
  startCharge(): Sent;
  stopCharge(): Sent;
  setChargeLimit(limit: number): Sent;
  batch(paths: readonly string[]): Promise<Record<string, () => unknown>>;
  getSignals(): Promise<{readonly body: unknown}>;
}

/**
 * The part of the official SDK that the tests use. It ships no types; a declared module would be the whole
 * project's, and the examples declare a smaller one for their readers.
 */
export interface Sdk {
  readonly Vehicle: new (id: string, token: string, options?: {readonly version?: string}) => SdkVehicle;
  readonly SmartcarError: new (status: number, body: object, headers: object) => Error;
  readonly getVehicles: (token: string) => Answer<{readonly vehicles: readonly string[]}>;
  readonly getVehicle: (token: string, id: string) => Promise<{readonly body: unknown}>;
}

export const sdk: Sdk = createRequire(import.meta.url)('smartcar') as Sdk;
