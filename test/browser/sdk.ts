import {createRequire} from 'node:module';
import {onTestFinished, vi} from 'vitest';
import type {Simulator} from '../../src/simulator/index.ts';

export interface Access {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export interface AuthClient {
  getAuthUrl(scope: readonly string[], options: Readonly<Record<string, unknown>>): string;
  exchangeCode(code: string): Promise<Access>;
  exchangeRefreshToken(token: string): Promise<Access>;
}

/** The official SDK ships no types; this is the part of it that these tests use. */
export interface Sdk {
  readonly AuthClient: new (options: {
    readonly clientId: string | undefined;
    readonly clientSecret: string | undefined;
    readonly redirectUri: string;
    readonly mode: string;
  }) => AuthClient;
  readonly Vehicle: new (
    id: string,
    token: string,
  ) => {
    odometer(): Promise<{readonly distance: number}>;
    lock(): Promise<{readonly status: string}>;
    batch(paths: readonly string[]): Promise<Record<string, () => unknown>>;
  };
  readonly getVehicles: (token: string) => Promise<{readonly vehicles: readonly string[]}>;
}

/** The SDK as it is, pointed at a simulator by nothing but the environment. */
export function sdkFor(simulator: Simulator): Sdk {
  for (const [name, value] of Object.entries(simulator.env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  return createRequire(import.meta.url)('smartcar') as Sdk;
}

export function authClient({AuthClient}: Sdk, redirectUri: string, mode = 'live'): AuthClient {
  const {SMARTCAR_CLIENT_ID: clientId, SMARTCAR_CLIENT_SECRET: clientSecret} = process.env;
  return new AuthClient({clientId, clientSecret, redirectUri, mode});
}
