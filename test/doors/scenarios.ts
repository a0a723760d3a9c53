import {expect} from 'vitest';
import {explain, PolicyError, type PolicyEvents} from '../../src/index.ts';
import type {Door, World} from './harness.ts';

export interface Scenario {
  readonly name: string;
  test(world: World, door: Door): Promise<void>;
}

const lock = ({lockPath: path, lockBody: body}: World) => ({path, body, method: 'POST'});

function proxyPage(html: 502 | 503 | 504): Scenario {
  return {
    name: `a proxy’s page with status ${html} is repeated for a read, and not for a command`,
    async test(world, door) {
      world.simulator.next({path: world.readPath}, {html});
      expect((await door.call(world, {path: world.readPath})).status).toBe(200);
      world.simulator.next({path: world.lockPath}, {html});
      const ended = await door.call(world, lock(world));
      expect(ended.status).toBe(html);
      expect(explain(ended.subject)).toMatchObject({reason: 'outcome-unknown', failure: {status: html}});
      expect(world.simulator.commandCount(world.vehicle)).toBe(0);
    },
  };
}

/** What holds for every door, on v2 and on v3. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'a call that nothing stands against costs one request, with the user’s token',
    async test(world, door) {
      const ended = await door.call(world, {path: world.readPath});
      expect(ended.status).toBe(200);
      expect(explain(ended.subject)).toBeUndefined();
      expect(world.requests()).toMatchObject([{status: 200, headers: {hadAuthorization: true}, user: 'ada'}]);
    },
  },
  {
    name: 'a call that Smartcar puts off twice succeeds with the third attempt',
    async test(world, door) {
      world.simulator.next({path: world.readPath, times: 2}, {error: 'UPSTREAM:NO_RESPONSE'});
      const successes: PolicyEvents['success'][] = [];
      world.policy.on('success', event => successes.push(event));
      expect((await door.call(world, {path: world.readPath})).status).toBe(200);
      expect(world.requests().map(({status}) => status)).toEqual([502, 502, 200]);
      expect(successes).toMatchObject([{attempts: 3, user: 'ada', vehicle: world.vehicle}]);
    },
  },
  {
    name: 'the told Retry-After is waited for, never less',
    async test(world, door) {
      world.simulator.next({path: world.readPath}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 7});
      expect((await door.call(world, {path: world.readPath})).status).toBe(200);
      expect(world.slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(7_000);
      expect(world.requests()).toHaveLength(2);
    },
  },
  {
    name: 'a told wait beyond maxWaitMs ends the call at once and names the time',
    async test(world, door) {
      world.simulator.next({path: world.readPath}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 120});
      const began = Date.now();
      const ended = await door.call(world, {path: world.readPath});
      expect(ended.status).toBe(429);
      expect(world.slept).toEqual([]);
      const explanation = explain(ended.subject);
      expect(explanation).toMatchObject({action: 'fail', reason: 'wait-too-long', attempts: 1, waitedMs: 0});
      expect(explanation?.retryAt).toBeGreaterThanOrEqual(began + 120_000);
    },
  },
  {
    name: 'twenty calls with one expired token refresh once',
    async test(world, door) {
      await door.call(world, {path: world.readPath});
      world.simulator.expireAccessTokens();
      const before = world.requests('tokens').length;
      const calls = Array.from({length: 20}, () =>
        door.call(world, {path: world.readPath, context: {coalesce: false}}),
      );
      expect((await Promise.all(calls)).map(({status}) => status)).toEqual(Array(20).fill(200));
      expect(world.requests('tokens')).toHaveLength(before + 1);
    },
  },
  {
    name: 'when the retries are spent, the caller gets the last failure and an explanation of it',
    async test(world, door) {
      world.simulator.next({path: world.readPath, times: Infinity}, {error: 'UPSTREAM:NO_RESPONSE'});
      const ended = await door.call(world, {path: world.readPath});
      expect(ended.status).toBe(502);
      expect(explain(ended.subject)).toMatchObject({
        action: 'fail',
        reason: 'retries-spent',
        needs: 'support',
        attempts: 3,
        failure: {type: 'UPSTREAM', code: 'NO_RESPONSE', status: 502},
      });
      expect(world.requests()).toHaveLength(3);
    },
  },
  {
    name: 'a lost login emits one event with a link, and parks the car without costing another request',
    async test(world, door) {
      const events: PolicyEvents['reauth'][] = [];
      world.policy.on('reauth', event => events.push(event));
      world.simulator.revoke({how: 'login', owner: 'ada', vehicle: world.vehicle});
      const ended = await door.call(world, {path: world.readPath});
      expect(ended.status).toBe(400);
      expect(explain(ended.subject)).toMatchObject({action: 'reauthenticate', needs: 'owner', attempts: 1});
      expect(events).toMatchObject([{user: 'ada', vehicle: world.vehicle, scope: 'vehicle'}]);
      const link = new URL(events[0]?.connectUrl ?? '');
      expect(link.pathname).toBe('/oauth/reauthenticate');
      expect(link.searchParams.get('state')).toBeTruthy();
      expect(explain(ended.subject)?.connectUrl).toBe(link.href);

      const requests = world.simulator.journal.length;
      const parked = await Promise.all([1, 2, 3].map(() => door.call(world, {path: world.readPath})));
      for (const {subject} of parked) {
        expect(PolicyError.is(subject) && subject.code).toBe('REAUTH_REQUIRED');
        expect(subject).toMatchObject({connectUrl: link.href});
        expect(explain(subject)).toMatchObject({action: 'reauthenticate', reason: 'parked', attempts: 0});
      }
      expect(world.simulator.journal).toHaveLength(requests);
      expect(events).toHaveLength(1);
    },
  },
  {
    name: 'a call with waitForReauthMs goes on when the owner is back',
    async test(world, door) {
      const access = {how: 'login', owner: 'ada', vehicle: world.vehicle} as const;
      world.simulator.revoke(access);
      const parked = new Promise(resolve => world.policy.once('reauth', resolve));
      const call = door.call(world, {path: world.readPath, context: {waitForReauthMs: 600_000}});
      await parked;
      world.simulator.restore(access);
      expect(await world.policy.reauth.resolve('ada')).toBe(1);
      expect((await call).status).toBe(200);
      expect(world.requests()).toHaveLength(2);
    },
  },
  {
    name: 'a lock command that was cut off after it took effect is not sent again',
    async test(world, door) {
      world.simulator.next({path: world.lockPath}, {drop: 'after'});
      const outcome = await door.call(world, lock(world));
      expect(world.simulator.commandCount(world.vehicle, 'lock')).toBe(1);
      expect(world.requests()).toHaveLength(1);
      expect(outcome.subject).toBeInstanceOf(Error);
      expect(explain(outcome.subject)).toMatchObject({
        action: 'fail',
        reason: 'outcome-unknown',
        failure: {effect: 'possible'},
      });
      expect(explain(outcome.subject)).not.toHaveProperty('retryAt');
    },
  },
  {
    name: 'a command that the caller calls idempotent is sent again after a cut connection',
    async test(world, door) {
      world.simulator.next({path: world.lockPath}, {drop: 'before'});
      const ended = await door.call(world, {...lock(world), context: {idempotent: true}});
      expect(ended.status).toBe(200);
      expect(world.requests()).toHaveLength(2);
      expect(world.simulator.commandCount(world.vehicle, 'lock')).toBe(1);
    },
  },
  {
    name: 'a command that was refused before it ran is sent again',
    async test(world, door) {
      world.simulator.next({path: world.lockPath}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 1});
      expect((await door.call(world, lock(world))).status).toBe(200);
      expect(world.simulator.commandCount(world.vehicle, 'lock')).toBe(1);
    },
  },
  {
    name: 'a billing limit is never asked twice, whatever its resolution says',
    async test(world, door) {
      world.simulator.next(
        {path: world.readPath},
        {error: 'BILLING:VEHICLE_REQUEST_LIMIT', resolution: {type: 'RETRY_LATER'}, retryAfter: 0},
      );
      const ended = await door.call(world, {path: world.readPath});
      expect(ended.status).toBe(430);
      expect(explain(ended.subject)).toMatchObject({action: 'fail', reason: 'billing', attempts: 1});
      expect(world.requests()).toHaveLength(1);
    },
  },
  {
    name: 'a 501 for an old integration sends the owner through Connect',
    async test(world, door) {
      world.simulator.next({path: world.readPath}, {error: 'COMPATIBILITY:PLATFORM_NOT_CAPABLE'});
      const ended = await door.call(world, {path: world.readPath});
      expect(ended.status).toBe(501);
      expect(explain(ended.subject)).toMatchObject({
        action: 'reauthenticate',
        reason: 'server-says-reauthenticate',
        needs: 'owner',
      });
      expect(await world.policy.reauth.list()).toHaveLength(1);
    },
  },
  ...([502, 503, 504] as const).map(proxyPage),
  {
    name: 'a read whose body or connection is cut is repeated',
    async test(world, door) {
      if (door.name === 'run') world.simulator.next({path: world.readPath}, {drop: 'mid-body'});
      world.simulator.next({path: world.readPath}, {drop: 'before'});
      expect((await door.call(world, {path: world.readPath})).status).toBe(200);
      expect(world.requests().at(-1)?.status).toBe(200);
    },
  },
  {
    name: 'a call that aborts while it waits rejects with the reason of the signal',
    async test(world, door) {
      world.simulator.next({path: world.readPath}, {hang: true});
      const controller = new AbortController();
      const reason = new Error('the user has left the page');
      world.policy.on('attempt', () => setImmediate(() => controller.abort(reason)));
      const context = {signal: controller.signal};
      const outcome = await door.call(world, {path: world.readPath, context});
      expect(outcome.subject).toBe(reason);
    },
  },
];
