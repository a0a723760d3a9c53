import {describe, expect, test} from 'vitest';
import type {Client, Contender, Setting} from '../../src/lab/contenders/contender.ts';
import {withAxiosRetry} from '../../src/lab/contenders/axios-retry.ts';
import {withCockatiel} from '../../src/lab/contenders/cockatiel.ts';
import {handWritten} from '../../src/lab/contenders/hand-written.ts';
import {withKy} from '../../src/lab/contenders/ky.ts';
import {noRetry} from '../../src/lab/contenders/no-retry.ts';
import {checkOptions, oursWith} from '../../src/lab/contenders/ours.ts';
import {withPRetry} from '../../src/lab/contenders/p-retry.ts';
import {ORIGINS} from '../../src/lab/service/service.ts';
import {START, onVirtualTime, pause} from '../../src/lab/time.ts';

const CAR = `${ORIGINS.api}/v2.0/vehicles/car-0/odometer`;
const GOOD = {accessToken: 'first', refreshToken: 'refresh', accessExpiresAt: START + 7_200_000};

/** A server that answers as it is told, and what it was asked. */
interface Server {
  readonly fetch: typeof fetch;
  readonly asked: readonly string[];
}

/** `answers`: by `car` or `token`, and the bearer. */
function server(answers: (what: 'car' | 'token', bearer: string) => Promise<Response> | Response): Server {
  const asked: string[] = [];
  return {
    asked,
    async fetch(input, init) {
      const url = input instanceof Request ? input.url : input.toString();
      const bearer = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '') ?? '';
      const what = url.startsWith(ORIGINS.auth) ? 'token' : 'car';
      asked.push(what);
      return answers(what, bearer);
    },
  };
}

/** A client of a v2 owner with a token, in virtual time. */
async function withClient(
  contender: Contender,
  {fetch}: Server,
  work: (call: () => ReturnType<Client['call']>, reconnected: readonly string[]) => Promise<unknown>,
): Promise<void> {
  const reconnected: string[] = [];
  const setting: Setting = {
    api: 'v2',
    fetch,
    origins: ORIGINS,
    credentials: {clientId: 'lab', clientSecret: 'lab-secret'},
    life: {over: false},
    attemptTimeoutMs: 10_000,
    setUp: {},
    random: () => 0.5,
    reconnect: owner => void reconnected.push(owner),
  };
  await onVirtualTime(1, async () => {
    const client = contender.begin()(setting);
    await client.save('owner-0', GOOD);
    const call = (): ReturnType<Client['call']> =>
      client.call({
        url: CAR,
        method: 'GET',
        headers: {},
        owner: 'owner-0',
        make: 'TESLA',
        patienceMs: 600_000,
        signal: new AbortController().signal,
      });
    await work(call, reconnected);
  });
}

const statusOf = (status: number): Response => Response.json({}, {status});

const PEERS: readonly Contender[] = [noRetry, withPRetry, withKy, withAxiosRetry, withCockatiel, handWritten];

describe.each(PEERS.map(peer => [peer.name, peer] as const))('%s', (_, peer) => {
  test.each([400, 403, 404, 409, 430])('repeats no call that is answered %d', async status => {
    const refusing = server(() => statusOf(status));
    await withClient(peer, refusing, async call => expect(call()).rejects.toThrow(String(status)));
    expect(refusing.asked).toEqual(['car']);
  });

  test('gives up where the grant is dead, and tells the owner once', async () => {
    const refusing = server(what =>
      what === 'car' ? statusOf(401) : Response.json({error: 'invalid_grant'}, {status: 400}),
    );
    await withClient(peer, refusing, async (call, reconnected) => {
      await expect(call()).rejects.toThrow('400');
      expect(reconnected).toEqual(['owner-0']);
    });
    expect(refusing.asked).toEqual(['car', 'token']);
  });
});

test.each([
  [withPRetry.name, withPRetry],
  [withCockatiel.name, withCockatiel],
])('%s repeats what may pass', async (_, peer) => {
  for (const status of [408, 429, 500, 502]) {
    const left = [status];
    const passing = server(() => statusOf(left.pop() ?? 200));
    await withClient(peer, passing, async call => expect(call()).resolves.toEqual({}));
    expect(passing.asked).toEqual(['car', 'car']);
  }
});

test('whoever shares refreshes takes the newer token that another call has brought meanwhile', async () => {
  const refusing = server(async (what, bearer) => {
    if (what === 'token')
      return Response.json({access_token: 'second', refresh_token: 'next', expires_in: 1});
    // The second of the two answers comes when the refresh is over.
    if (bearer === 'first') await pause(refusing.asked.length * 100);
    return statusOf(bearer === 'second' ? 200 : 401);
  });
  await withClient(noRetry, refusing, async call => Promise.all([call(), call()]));
  expect(refusing.asked).toEqual(['car', 'car', 'token', 'car', 'car']);
});

test('whoever shares nothing refreshes on each 401', async () => {
  const refusing = server(async (what, bearer) => {
    if (what === 'token')
      return Response.json({access_token: 'second', refresh_token: 'next', expires_in: 1});
    return statusOf(bearer === 'second' ? 200 : 401);
  });
  await withClient(handWritten, refusing, async call => Promise.all([call(), call()]));
  expect(refusing.asked.filter(what => what === 'token')).toHaveLength(2);
});

test('options of the user are said without their texts: any of them may be a secret', () => {
  const {settings} = oursWith({
    maxWaitMs: 5_000,
    budget: false,
    connect: {stateSecret: 'hush-1', probeAfterMs: 60_000},
    webhooks: {applicationManagementToken: 'hush-2'},
  });
  expect(settings).toContain('"maxWaitMs":5000,"budget":false');
  expect(settings).toContain('"probeAfterMs":60000');
  expect(settings).not.toContain('hush');
});

test('options of the user leave the lab its service, its store and its chance', async () => {
  // Only a call that the policy knows for one of Smartcar's gets a token.
  const answering = server((_, bearer) => statusOf(bearer === 'first' ? 200 : 401));
  const options = {origins: {api: 'https://elsewhere.invalid'}, connect: {probeAfterMs: 1}};
  await withClient(oursWith(options), answering, async call => expect(call()).resolves.toEqual({}));
  expect(answering.asked).toEqual(['car']);
});

test('options of the user are checked before anything runs', async () => {
  await expect(checkOptions({maxWaitMs: 1})).resolves.toBeUndefined();
  await expect(checkOptions({maxWaitMs: -1})).rejects.toThrow('Expected `maxWaitMs` to be a number');
  const unknown: object = {deadlineMs: 1_000};
  await expect(checkOptions(unknown)).rejects.toThrow('Unknown option `deadlineMs`');
});
