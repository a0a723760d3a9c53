import {expect} from 'vitest';
import {DEFAULT_BACKOFF} from '../../../src/core/backoff.ts';
import {decide, FRESH_CALL} from '../../../src/core/decide.ts';
import type {Closing, Episode, Finding, GateState, Place} from '../../../src/ports.ts';
import {readDelivery} from '../../../src/webhooks/event.ts';
import {reactingTo, type Reaction} from '../../../src/webhooks/react.ts';
import {errorEvent, NOON, VEHICLE} from './bench.ts';

interface Told {
  readonly type: string;
  readonly code: string | null;
  readonly resolution: {readonly type: string; readonly url?: string};
}

export const LOGIN: Told = {
  type: 'CONNECTED_SERVICES_ACCOUNT',
  code: 'AUTHENTICATION_FAILED',
  resolution: {type: 'REAUTHENTICATE', url: 'https://connect.smartcar.com/oauth/reauthenticate'},
};
export const PERMISSION: Told = {type: 'PERMISSION', code: null, resolution: {type: 'REAUTHENTICATE'}};
export const UNREACHABLE: Told = {
  type: 'VEHICLE_STATE',
  code: 'UNREACHABLE',
  resolution: {type: 'RETRY_LATER'},
};
export const GATE: string = `vehicle:${VEHICLE}`;

export const episode = (more: Partial<Episode> = {}): Episode => ({
  episode: 'e1',
  user: 'ada',
  vehicle: VEHICLE,
  scope: 'vehicle',
  reason: 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED',
  since: NOON - 60_000,
  ...more,
});
export const lackOf = (permission: string, more: Partial<Episode> = {}): Episode =>
  episode({scope: 'permission', permission, reason: 'PERMISSION', ...more});

export interface Seen {
  readonly opened: (readonly [Place, Finding])[];
  readonly closed: (readonly [string, Closing])[];
  readonly reopened: string[];
  readonly ended: Episode[];
  /** Settles when everything that the event asks for is done. */
  readonly tell: (body: unknown, user?: string) => Promise<Seen>;
}

/** Ports that write down what is asked of them, with these episodes and gates standing. */
export function watched(
  settings: Partial<Reaction> = {},
  standing: readonly Episode[] = [],
  gates: readonly GateState[] = [],
): Seen {
  const seen: Seen = {
    opened: [],
    closed: [],
    reopened: [],
    ended: [],
    async tell(body, user = 'ada') {
      const event = readDelivery(body, 'fallback')?.event;
      if (event) await react(event, user === '' ? undefined : user);
      return seen;
    },
  };
  const react = reactingTo({
    decideOn: (evidence, vehicle) =>
      decide(evidence, {...FRESH_CALL, vehicle}, DEFAULT_BACKOFF, {now: NOON, dice: 0}),
    now: () => NOON,
    episodes: {
      open: async (place, finding) => void seen.opened.push([place, finding]),
      list: () => Promise.resolve(standing),
      end(user, vehicle, by, which) {
        expect([user, vehicle, by]).toEqual(['ada', VEHICLE, 'webhook']);
        seen.ended.push(...standing.filter(which));
      },
    },
    gates: {
      close(key, closing, passes) {
        expect(passes).toEqual([]);
        seen.closed.push([key, closing]);
      },
      reopen: key => seen.reopened.push(key) > 0,
      list: () => gates,
    },
    ...settings,
  });
  return seen;
}

/** The permissions of the episodes that were opened. */
export function permissions({opened}: Seen): (string | undefined)[] {
  return opened.map(([place]) => place.permission);
}

/** The end of an error. */
export function over(error: object): object {
  return errorEvent({...error, state: 'RESOLVED', resolution: undefined});
}

/** A reading of a car's state that was fetched at a time. */
export function state(
  at: number | undefined,
  more: object = {},
  deliveredAt: number | undefined = NOON,
): Readonly<Record<string, unknown>> {
  const signal = {code: 'odometer-traveleddistance', body: {value: 1}, meta: {fetchedAt: at}, ...more};
  return {
    eventId: 's',
    eventType: 'VEHICLE_STATE',
    vehicleId: VEHICLE,
    data: {signals: [signal]},
    meta: {deliveredAt, mode: 'LIVE'},
  };
}
