/* oxlint-disable unicorn/no-thenable -- a reply’s member; never a function */
import * as fc from 'fast-check';
import {expect, test} from 'vitest';
import type {Reply} from '../../src/simulator/index.ts';
import {applicationToken, sender, start, v3Owner} from './harness.ts';

const asleep = {error: 'VEHICLE_STATE:ASLEEP'} as const;
const lost = {error: 'UPSTREAM:NO_RESPONSE'} as const;

const ms = fc.constantFrom(1, 5_000);

const plain = fc.constantFrom<Reply>(
  asleep,
  lost,
  {html: 504},
  {status: 200, body: {status: 'success'}},
  {redirect: '/elsewhere'},
  {drop: 'before'},
  {drop: 'after'},
  {drop: 'mid-body'},
  {truncate: true},
  {truncate: true, then: asleep},
  {trickle: {everyMs: 1_000, bytes: 30}},
  {trickle: {everyMs: 1_000, bytes: 30}, then: asleep},
  {partial: {'/odometer': asleep}},
  {hang: true},
);

const slow = fc.record({
  slow: fc.record({
    acceptedAfterMs: ms,
    outcome: fc.constantFrom('success' as const, 'cut' as const, lost),
    afterMs: ms,
  }),
});

const layered = fc
  .tuple(fc.constantFrom('delayMs', 'jumpMs'), ms, fc.oneof(plain, slow))
  .map(([kind, time, then]): Reply => (kind === 'delayMs' ? {delayMs: time, then} : {jumpMs: time, then}));

const reply = fc.option(fc.oneof(plain, slow, layered), {nil: undefined});

/** Most change the car; the later ones of some pairs, and the malformed, are refused. */
const commands = [
  ['POST', '/v2.0/vehicles/{car}/security', {action: 'LOCK'}],
  ['POST', '/v2.0/vehicles/{car}/charge', {action: 'START'}],
  ['POST', '/v2.0/vehicles/{car}/charge/limit', {limit: '0.6'}],
  ['POST', '/v2.0/vehicles/{car}/security', {action: 'SHUT'}],
  ['POST', '/v2.0/vehicles/{car}/tesla/security/trunk', {action: 'OPEN'}],
  ['DELETE', '/v2.0/vehicles/{car}/application', undefined],
  ['POST', '/v3/vehicles/{car}/commands/security/unlock', undefined],
  ['POST', '/v3/vehicles/{car}/commands/charge/set-limit', '{'],
  ['POST', '/v3/vehicles/{car}/charge-schedules/daily', {data: {attributes: {}}}],
  ['DELETE', '/v3/connections/connection-{car}', undefined],
  ['DELETE', '/v3/users/{owner}', undefined],
  ['POST', '/v3/vehicles/{car}/commands/nothing', undefined],
] as const;

test('whatever is scripted, the journal holds as many commands carried out as the car counts', async () => {
  const simulator = await start({speed: 1000});
  const application = await applicationToken(simulator);
  const seen = new Set<string>();
  const story = fc.array(fc.tuple(reply, fc.constantFrom(...commands), fc.boolean()), {
    minLength: 1,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(story, async steps => {
      const owner = simulator.addOwner();
      const vehicle = owner.vehicles[0]?.id ?? '';
      const {accessToken} = simulator.grant(owner.id);
      const noted = () =>
        simulator.journal.filter(({user, effect}) => user === owner.id && effect === 'carried-out').length;

      for (const [scripted, [method, path, body], leaves] of steps) {
        const url = path.replace('{car}', vehicle).replace('{owner}', owner.id);
        const back = scripted && simulator.next({path: url, user: owner.id}, scripted);
        const request = fetch(simulator.origin + url, {
          method,
          redirect: 'manual',
          headers: {
            authorization: `Bearer ${path.startsWith('/v3') ? application : accessToken}`,
            'sc-user-id': owner.id,
            'content-type': 'application/json',
          },
          signal: AbortSignal.timeout(leaves || JSON.stringify(scripted)?.includes('hang') ? 4 : 5_000),
          ...(body === undefined ? {} : {body: typeof body === 'string' ? body : JSON.stringify(body)}),
        });
        await request.then(response => response.text()).catch(() => {});
        back?.();
        expect(noted()).toBe(simulator.commandCount(vehicle));
        const last = simulator.journal.at(-1);
        seen.add(`${last?.status} ${last?.effect}`);
      }
    }),
    {numRuns: 25, seed: 7},
  );
  // Both outcomes of a cut connection were among them, and so were a plain yes and a plain no.
  expect([...seen]).toEqual(
    expect.arrayContaining([
      '200 carried-out',
      '200 not-carried-out',
      '202 carried-out',
      'dropped carried-out',
      'dropped not-carried-out',
      '409 not-carried-out',
    ]),
  );
});

test('a removal that finds nothing to remove is not carried out', async () => {
  const simulator = await start();
  const {owner, vehicle, send} = await v3Owner(simulator, {vehicles: [{}, {}]});
  const manage = sender(simulator, {
    authorization: `Basic ${Buffer.from(`default:${simulator.applicationManagementToken}`).toString('base64')}`,
  });
  const remove = async () => {
    const {status} = await send('DELETE', `/v3/users/${owner.id}`);
    return [status, simulator.journal.at(-1)?.effect, simulator.commandCount(vehicle)];
  };
  expect(await remove()).toEqual([204, 'carried-out', 1]);
  expect(await remove()).toEqual([204, 'not-carried-out', 1]);
  const {status} = await manage('DELETE', `/v2.0/management/connections?user_id=${owner.id}`);
  expect([status, simulator.journal.at(-1)?.effect]).toEqual([200, 'not-carried-out']);
});
