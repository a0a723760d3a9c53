import type {PolicyEvents} from '../../src/engine/events.ts';

const CALL = {call: 7, user: 'ada', vehicle: 'car', operation: 'GET /vehicles/{id}/odometer'};
const FAILURE = {
  type: 'UPSTREAM',
  code: 'NO_RESPONSE',
  status: 502,
  resolution: {type: 'REAUTHENTICATE', url: 'https://connect.smartcar.com/oauth/authorize?state=link-secret'},
  scope: 'vehicle',
  effect: 'none',
} as const;
const SPENT = {attempts: 2, waitedMs: 900, durationMs: 1200.4};
const EPISODE = {
  episode: 'e1',
  user: 'ada',
  vehicle: 'car',
  scope: 'vehicle',
  reason: 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED',
  connectUrl: 'https://connect.smartcar.com/?state=link-secret',
  userMessage: 'Log in again: https://connect.smartcar.com/?state=link-secret',
} as const;
const {reason: _reason, connectUrl: _url, userMessage: _message, ...RESOLVED} = EPISODE;
const NOON = Date.UTC(2026, 0, 1, 12);
const QUOTA = {vehicle: 'car', period: '2026-01-01', calls: 400, perVehicle: 500, share: 0.8};
const WEBHOOK = {
  eventId: 'w1',
  type: 'VEHICLE_ERROR',
  vehicle: 'car',
  errors: [{type: 'PERMISSION', state: 'ERROR', resolution: FAILURE.resolution, signals: []}],
  signals: [],
  raw: {signals: [{code: 'location', body: {value: 'where the car is'}}]},
} as const;

/** One event of each kind, whose secrets are told from all else by their names. */
export const SAMPLES: {readonly [E in keyof PolicyEvents]: PolicyEvents[E]} = {
  attempt: {...CALL, attempt: 1},
  decision: {
    ...CALL,
    attempt: 1,
    action: 'retry',
    reason: 'server-says-retry',
    needs: 'nobody',
    failure: FAILURE,
    delayMs: 900.2,
  },
  refresh: {user: 'ada', outcome: 'renewed', durationMs: 120},
  pause: {scope: 'vehicle:car', until: NOON, reason: 'server-says-retry'},
  resume: {scope: 'vehicle:car'},
  limit: {scope: 'application', intervalMs: 2_000, perMinute: 30},
  quota: QUOTA,
  webhook: WEBHOOK,
  'webhook-rejected': {why: 'signature', status: 401, message: 'Its signature is not that of the token.'},
  reauth: EPISODE,
  'reauth-resolved': {...RESOLVED, by: 'tokens'},
  defer: {...CALL, retryAt: NOON, reason: 'wait-too-long'},
  success: {...CALL, ...SPENT},
  fail: {...CALL, ...SPENT, action: 'fail', reason: 'retries-spent', needs: 'support', failure: FAILURE},
};
