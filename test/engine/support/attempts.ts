import {requestFacts} from '../../../src/core/endpoints.ts';
import type {DoorFacts} from '../../../src/engine/call.ts';
import type {Engine} from '../../../src/engine/engine.ts';
import type {Exchange} from '../../../src/engine/sending.ts';
import type {HeldToken, TokenKeeper} from '../../../src/engine/tokens.ts';
import type {Gates, TokenSource} from '../../../src/ports.ts';
import {fakeEngine, OPEN_GATES, passOf, type WatchedPass} from './engine.ts';

export const TOKEN: HeldToken = {accessToken: 'access-canary', generation: 'g1'};
export const source = {
  headers: (accessToken: string, user?: string) => ({
    authorization: `Bearer ${accessToken}`,
    user: String(user),
  }),
  key: () => 'k',
} as unknown as TokenSource;
export const tokens = {warm: () => TOKEN, expiresAt: () => undefined} as unknown as TokenKeeper;

export const URL_OF = {
  odometer: '/v2.0/vehicles/c/odometer',
  batch: '/v2.0/vehicles/c/batch',
  signals: '/v3/vehicles/c/signals',
} as const;

export function door(path: string, method = 'GET', body: RequestInit['body'] = null): Partial<DoorFacts> {
  const request = requestFacts(method, path);
  const sent = {url: `https://api.test${path}`, method, headers: undefined, body};
  return {request, command: request.command, sent};
}

/** An engine whose gates hand out watched places. */
export function watched(more: Partial<Engine> = {}): {
  engine: ReturnType<typeof fakeEngine>;
  passes: WatchedPass[];
  sentAs: string[];
} {
  const passes: WatchedPass[] = [];
  const sentAs: string[] = [];
  const give = (key: string): WatchedPass => {
    const pass = passOf(key, {sent: () => void sentAs.push(key)});
    passes.push(pass);
    return pass;
  };
  const gates: Gates = {...OPEN_GATES, enterAtOnce: keys => keys.map(give), ...more.gates};
  return {engine: fakeEngine({...more, gates}), passes, sentAs};
}

export const answers = <T>(value: T): Exchange<T> => ({send: async () => value});
export const ends = <T>(promise: Promise<T>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => error,
  );
