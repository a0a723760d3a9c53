import {Worker} from 'node:worker_threads';
import {createPolicy, userTokens, withPolicy} from 'smartcar-policy';
import {interleaved} from './measure.ts';
import {rowOf, type Row} from './row.ts';

const REQUESTS = 2_000;
const AT_ONCE = 32;

/** Requests per second over loopback HTTP; the server has a thread of its own. Goal: at least 95 % of bare fetch. */
export async function throughput(): Promise<readonly Row[]> {
  const server = new Worker(new URL('./server.ts', import.meta.url));
  const port = await new Promise<number>(resolve => server.once('message', resolve));
  const origin = `http://127.0.0.1:${port}`;
  const url = `${origin}/v2.0/vehicles/car/odometer`;
  const policy = createPolicy({
    auth: userTokens({clientId: 'id', clientSecret: 'secret'}),
    origins: {api: origin},
    // Shared reads would make the comparison a joke: 32 identical ones are one request.
    coalesce: false,
  });
  await policy.tokens.save('ada', {
    accessToken: 'token',
    refreshToken: 'other',
    accessExpiresAt: Date.now() + 7_200_000,
  });
  const wrapped = withPolicy(fetch, policy, {user: 'ada'});
  const [bare, ours] = await interleaved(
    [
      {name: 'fetch', round: () => perSecond(() => fetch(url, {headers: {authorization: 'Bearer token'}}))},
      {name: 'withPolicy(fetch)', round: () => perSecond(() => wrapped(url))},
    ],
    31,
    5,
  );
  await policy.close();
  await server.terminate();
  const facts = {group: 'throughput', unit: 'requests/s'};
  return [rowOf(bare, facts), rowOf(ours, {...facts, against: bare, goal: {of: 'ratio', atLeast: 0.95}})];
}

async function perSecond(send: () => Promise<Response>): Promise<number> {
  const began = performance.now();
  let left = REQUESTS;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await (await send()).arrayBuffer();
  };
  await Promise.all(Array.from({length: AT_ONCE}, lane));
  return (REQUESTS * 1_000) / (performance.now() - began);
}
