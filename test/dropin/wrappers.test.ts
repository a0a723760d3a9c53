import {describe, expect, onTestFinished, test} from 'vitest';
import {createPolicy, withPolicy} from '../../src/index.ts';
import {leapingClock, originsOf} from '../doors/harness.ts';
import {bothWays, ending, face, PLACES, type Behaviour} from './both-ways.ts';
import {stage} from './server.ts';

type Fetch = typeof globalThis.fetch;

/** As Next.js has it: one request for all who ask the same while a page is made, and a copy for each. */
function deduping(base: Fetch): Fetch {
  const asked = new Map<string, Promise<Response>>();
  return async (input, init) => {
    const request = new Request(input, init);
    if (request.method !== 'GET') return base(input, init);
    const key = `${request.url}${JSON.stringify([...request.headers])}`;
    const first = asked.get(key) ?? base(request, {next: {revalidate: 1}} as RequestInit);
    asked.set(key, first);
    const {status, statusText, headers, url, body} = (await first).clone();
    return Object.defineProperty(new Response(body, {status, statusText, headers}), 'url', {value: url});
  };
}

/** As got, ofetch and many by hand: options of their own among fetch's, repeats, a timeout, JSON both ways. */
async function api(
  url: string,
  {json, retries = 0, ...init}: RequestInit & {json?: unknown; retries?: number},
) {
  const headers = {
    accept: 'application/json',
    ...(json !== undefined && {'content-type': 'application/json'}),
  };
  const body = json === undefined ? init.body : JSON.stringify(json);
  const options = {
    headers,
    ...init,
    body,
    json,
    retries,
    signal: AbortSignal.timeout(5_000),
    onError: () => 1,
  };
  for (let attempt = 0; ; attempt++) {
    const response = await fetch(url, options as RequestInit);
    if (response.ok) return {face: face(response), data: await response.json()};
    if (attempt >= retries)
      throw Object.assign(new Error(`${response.status}`), {data: await response.text()});
    await response.body?.cancel();
  }
}

const behaviours: Readonly<Record<string, Behaviour>> = {
  'a fetch that shares what it is asked twice': async ({at}) => {
    const once = deduping(fetch);
    const both = await Promise.all([
      once(`${at}/headers`),
      once(`${at}/headers`),
      once(`${at}/status?code=404`),
    ]);
    return Promise.all(both.map(async response => [face(response), await response.text()]));
  },
  'a client that reads and sends JSON': async ({at}) => [
    await api(`${at}/ok`, {}),
    await api(`${at}/ok`, {method: 'POST', json: {a: 'ü'}}),
    await ending(api(`${at}/status?code=404`, {})),
  ],
  'a client that repeats': ({at}) => api(`${at}/ok?failing=2`, {retries: 2}),
  'what replaces fetch once more': async ({at}) => {
    const before = globalThis.fetch;
    const seen: string[] = [];
    globalThis.fetch = Object.assign(
      async (...given: Parameters<Fetch>) => {
        const response = await before.apply(globalThis, given);
        seen.push(`${response.status}`);
        return response;
      },
      {patched: true},
    );
    try {
      return [await api(`${at}/ok`, {}), seen];
    } finally {
      globalThis.fetch = before;
    }
  },
};

describe.each(PLACES)('at %s', place => {
  test.each(Object.entries(behaviours))('%s sees no difference', async (_name, behaviour) => {
    const {plain, policed} = await bothWays(place, behaviour);
    expect(policed).toEqual(plain);
    expect(policed.sent.length).toBeGreaterThan(0);
  });

  test('two hundred at once each get their own answer', async () => {
    const {plain, policed} = await bothWays(place, async ({at, stage: server}) => {
      const calls = Array.from({length: 200}, async (_, index) => {
        const response = await fetch(`${at}/${index % 5 === 4 ? 'status?code=404' : 'ok'}#${index}`, {
          headers: {'x-own': `${index}`},
        });
        return [face(response), await response.json()];
      });
      const seen = await Promise.all(calls);
      return [seen, server.take().length];
    });
    expect(policed).toEqual(plain);
  });

  test('who catches what a call rejects with hears of nothing else', async () => {
    const unheard: unknown[] = [];
    const listen = (error: unknown): void => void unheard.push(error);
    process.on('unhandledRejection', listen);
    onTestFinished(() => void process.off('unhandledRejection', listen));
    await bothWays(place, async ({at}) => {
      const signal = AbortSignal.timeout(20);
      const failing = ['/cut', '/hang', '/to?at='].map(path => fetch(at + path, {signal}));
      return Promise.all([...failing, fetch('/nowhere')].map(ending)).then(all => all.length);
    });
    await new Promise(resolve => setImmediate(resolve));
    expect(unheard).toEqual([]);
  });
});

test('a stranger’s answer is the very promise that fetch gave', async () => {
  const here = await stage();
  const policy = createPolicy({origins: originsOf(here), clock: leapingClock()});
  onTestFinished(() => policy.close().then(() => here.close()));
  const promise = Promise.resolve(new Response());
  expect(withPolicy(() => promise, policy)('https://example.com/')).toBe(promise);
});
