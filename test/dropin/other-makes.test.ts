import {getRequestListener} from '@hono/node-server';
import {afterEach, beforeEach, describe, expect, onTestFinished, test} from 'vitest';
import {createPolicy, withPolicy, type PolicyFetch} from '../../src/index.ts';
import {HASTY, leapingClock, originsOf} from '../doors/harness.ts';
import {bothWays, face, PLACES} from './both-ways.ts';
import {stage, type Stage} from './server.ts';

/** As the package undici has them beside Node's: of the same shape, with members that refuse another's. */
class OtherRequest {
  readonly #own: Request;
  readonly [Symbol.toStringTag] = 'Request';
  constructor(url: string, init?: RequestInit) {
    this.#own = new Request(url, init);
  }
  get url(): string {
    return this.#own.url;
  }
  get method(): string {
    return this.#own.method;
  }
  get headers(): Headers {
    return this.#own.headers;
  }
  get body(): Request['body'] {
    return this.#own.body;
  }
}

class OtherResponse {
  readonly #own: Response;
  constructor(own: Response) {
    this.#own = own;
  }
  get status(): number {
    return this.#own.status;
  }
  get headers(): Headers {
    return this.#own.headers;
  }
  get url(): string {
    return this.#own.url;
  }
  get body(): Response['body'] {
    return this.#own.body;
  }
  get bodyUsed(): boolean {
    return this.#own.bodyUsed;
  }
  clone(): OtherResponse {
    return new OtherResponse(this.#own.clone());
  }
  text(): Promise<string> {
    return this.#own.text();
  }
}

const otherFetch = async (input: unknown, init?: RequestInit): Promise<Response> => {
  const url = input instanceof OtherRequest ? input.url : (input as string);
  return new OtherResponse(await fetch(url, init)) as unknown as Response;
};

async function through(base: unknown): Promise<{at: string; here: Stage; smartcar: PolicyFetch}> {
  const here = await stage();
  const policy = createPolicy({origins: originsOf(here), backoff: HASTY, clock: leapingClock()});
  onTestFinished(() => policy.close().then(() => here.close()));
  const at = `${here.origin}/v2.0/vehicles/car-1`;
  return {at, here, smartcar: withPolicy(base as typeof fetch, policy)};
}

describe('a fetch of another make', () => {
  test('is sent its own kind of Request, and again where it can be repeated', async () => {
    const {at, here, smartcar} = await through(otherFetch);
    const init = {method: 'POST', body: '{"requests":[]}', headers: {'x-own': 'a'}};
    const request = new OtherRequest(`${at}/batch?failing=1`, init);
    expect((await smartcar(request as unknown as Request)).status).toBe(200);
    const sent = {method: 'POST', body: '{"requests":[]}', headers: {'x-own': 'a'}};
    expect(here.take()).toMatchObject([sent, sent]);
  });

  test('gives responses that can be cloned after a redirect', async () => {
    const {at, smartcar} = await through(otherFetch);
    const response = await smartcar(`${at}/to?at=ok`);
    const clone = response.clone();
    expect([response.url, response.redirected, clone.url, clone.redirected]).toEqual([
      `${at}/ok`,
      true,
      `${at}/ok`,
      true,
    ]);
    expect([await clone.text(), await response.text()]).toEqual(['{"distance":37829}', '{"distance":37829}']);
  });
});

describe.each(PLACES)(
  "where Hono's server has put its Request and Response in the global ones' place: %s",
  place => {
    const own = {Request: globalThis.Request, Response: globalThis.Response};
    beforeEach(() => void getRequestListener(() => new Response()));
    afterEach(() => void Object.assign(globalThis, own));

    test('a redirect is followed, and its response can be cloned', async () => {
      const {plain, policed} = await bothWays(place, async ({at}) => {
        const response = await fetch(new Request(`${at}/to?at=ok`));
        return [face(response), face(response.clone()), await response.text()];
      });
      expect(globalThis.Response).not.toBe(own.Response);
      expect(policed).toEqual(plain);
    });

    test('reads that are shared can be cloned', async () => {
      const {plain, policed} = await bothWays(place, async ({at, stage: server}) => {
        const both = await Promise.all([fetch(`${at}/headers`), fetch(`${at}/headers`)]);
        server.take();
        return Promise.all(both.map(async one => [face(one), await one.clone().text(), await one.text()]));
      });
      expect(policed).toEqual(plain);
    });
  },
);
