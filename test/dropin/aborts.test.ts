import {describe, expect, test} from 'vitest';
import {bothWays, ending, PLACES} from './both-ways.ts';

const reasons: readonly (readonly [string, unknown])[] = [
  ['an error', new Error('no more')],
  ['a text', 'no more'],
  ['the usual one', undefined],
];

/** The two ways to hand a signal to fetch. */
const ways = {
  'by init': (url: string, init: RequestInit) => fetch(url, init),
  'by a Request': (url: string, init: RequestInit) => fetch(new Request(url, init)),
};

describe.each(PLACES)('at %s', place => {
  describe.each(Object.entries(ways))('%s', (_way, call) => {
    test.each(reasons)(
      'an abort before the call sends nothing and comes through: %s',
      async (_name, reason) => {
        const {plain, policed} = await bothWays(place, ({at}) =>
          ending(call(`${at}/ok`, {signal: AbortSignal.abort(reason)})),
        );
        expect(policed).toEqual(plain);
        expect(policed.sent).toEqual([]);
      },
    );

    test.each(reasons)('an abort before the headers: %s', async (_name, reason) => {
      const {plain, policed} = await bothWays(place, async ({at, stage}) => {
        const controller = new AbortController();
        const arrival = stage.arrival();
        const ended = ending(call(`${at}/hang`, {signal: controller.signal}));
        await arrival;
        controller.abort(reason);
        return ended;
      });
      expect(policed).toEqual(plain);
      expect(policed.sent).toHaveLength(1);
    });

    test.each(reasons)('an abort within the body: %s', async (_name, reason) => {
      const {plain, policed} = await bothWays(place, async ({at}) => {
        const controller = new AbortController();
        const response = await call(`${at}/parts`, {signal: controller.signal});
        const clone = response.clone();
        const reader = response.body!.getReader();
        await reader.read();
        controller.abort(reason);
        return [await ending(reader.read()), await ending(clone.text()), response.bodyUsed];
      });
      expect(policed).toEqual(plain);
    });

    test('an abort after the body was read changes nothing', async () => {
      const {plain, policed} = await bothWays(place, async ({at}) => {
        const controller = new AbortController();
        const response = await call(`${at}/ok`, {signal: controller.signal});
        const text = await response.text();
        controller.abort();
        return [text, response.bodyUsed];
      });
      expect(policed).toEqual(plain);
    });

    test('AbortSignal.timeout ends a call that hangs, with its TimeoutError', async () => {
      const {plain, policed} = await bothWays(place, ({at}) =>
        ending(call(`${at}/hang`, {signal: AbortSignal.timeout(30)})),
      );
      expect(policed).toEqual(plain);
      expect(policed.saw).toMatchObject({error: {name: 'TimeoutError'}});
    });

    test('AbortSignal.any ends it with the reason of the first', async () => {
      const {plain, policed} = await bothWays(place, async ({at, stage}) => {
        const [one, two] = [new AbortController(), new AbortController()];
        const arrival = stage.arrival();
        const signal = AbortSignal.any([one.signal, two.signal, AbortSignal.timeout(60_000)]);
        const ended = ending(call(`${at}/hang`, {signal}));
        await arrival;
        two.abort(new Error('the second'));
        one.abort(new Error('the first'));
        return ended;
      });
      expect(policed).toEqual(plain);
    });

    test('a stream that was not sent learns of an abort', async () => {
      const {plain, policed} = await bothWays(place, async ({at}) => {
        const reason = new Error('no more');
        const {promise: cancelled, resolve: cancel} = Promise.withResolvers<unknown>();
        const init = {method: 'POST', body: new ReadableStream({cancel}), duplex: 'half'} as const;
        const ended = await ending(call(`${at}/ok`, {...init, signal: AbortSignal.abort(reason)}));
        return [ended, (await cancelled) === reason];
      });
      expect(policed).toEqual(plain);
      expect(policed.saw).toMatchObject([{error: {message: 'no more'}}, true]);
    });

    test('a stream that never ends does not hold back an abort', async () => {
      const {plain, policed} = await bothWays(place, async ({at}) => {
        const controller = new AbortController();
        const {promise: asked, resolve: ask} = Promise.withResolvers<void>();
        const body = new ReadableStream({pull: () => ask()}, {highWaterMark: 0});
        const {signal} = controller;
        const ended = ending(call(`${at}/ok`, {method: 'POST', body, duplex: 'half', signal}));
        await asked;
        controller.abort(new Error('no more'));
        return ended;
      });
      expect(policed).toEqual(plain);
    });
  });

  test('init’s signal takes the place of the Request’s', async () => {
    const {plain, policed} = await bothWays(place, async ({at}) => {
      const request = new Request(`${at}/ok`, {signal: AbortSignal.abort()});
      const one = await fetch(request, {signal: new AbortController().signal});
      const two = await fetch(request, {signal: null});
      return [one.status, two.status, await ending(fetch(request, {}))];
    });
    expect(policed).toEqual(plain);
  });
});
