import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {expect, onTestFinished, test} from 'vitest';
import {createPolicy, explain, manualClock, type ManualClock, type Policy} from './support/front-door.ts';

interface World {
  readonly policy: Policy;
  readonly clock: ManualClock;
  readonly url: string;
}

async function world(): Promise<World> {
  const server = createServer((_, response) => response.end('{"distance":1}'));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = manualClock();
  const policy = createPolicy({clock, origins: {api: origin}, maxWaitMs: 600_000});
  onTestFinished(async () => {
    await policy.close();
    server.closeAllConnections();
    server.close();
  });
  return {policy, clock, url: `${origin}/v2.0/vehicles/car/odometer`};
}

const OWN = {authorization: 'Bearer of-the-caller'};

/** What Node's fetch refuses by a rule, and would refuse again: it says "fetch failed", as of a lost connection. */
const REFUSED: Readonly<Record<string, RequestInit>> = {
  'a body that fails its check': {integrity: `sha256-${'A'.repeat(43)}=`},
  'a header that only it may set': {headers: {...OWN, 'transfer-encoding': 'chunked'}},
  'an expectation': {headers: {...OWN, expect: '100-continue'}},
  'a length that is not that of the body': {
    method: 'POST',
    body: '{}',
    headers: {...OWN, 'content-length': '5'},
  },
};

test.each(Object.entries(REFUSED))('%s is asked for once: a repeat cannot help', async (_, init) => {
  const {policy, clock, url} = await world();
  const plain: unknown = await fetch(url, {headers: OWN, ...init}).catch((error: unknown) => error);
  expect(plain).toMatchObject({name: 'TypeError', message: 'fetch failed'});

  const call = policy.fetch({idempotent: true})(url, {headers: OWN, ...init});
  const end = await clock.run(call.catch((error: unknown) => error));
  expect(end).toMatchObject({name: 'TypeError', message: 'fetch failed'});
  const refused = {action: 'fail', reason: 'unrecognised', needs: 'developer'};
  expect(explain(end)).toMatchObject({...refused, attempts: 1, failure: {effect: 'possible'}});
  // Whoever runs a fetch of their own is told the same.
  expect(policy.decide(plain)).toMatchObject(refused);
});

test('a port that fetch never opens is tried once', async () => {
  const clock = manualClock();
  const origin = 'http://127.0.0.1:6667';
  const policy = createPolicy({clock, origins: {api: origin}, maxWaitMs: 600_000});
  onTestFinished(() => policy.close());
  const call = policy.fetch()(`${origin}/v2.0/vehicles`, {headers: OWN});
  const end = await clock.run(call.catch((error: unknown) => error));
  expect(explain(end)).toMatchObject({reason: 'unrecognised', attempts: 1});
});
