import {expect, it} from 'vitest';
import {bench, errorEvent, hmac, post} from './support/bench.ts';

/** A request whose body is whatever comes out of a stream. */
function streamed(body: ReadableStream, headers: Record<string, string> = {}): Request {
  return new Request('https://product.example/webhooks', {method: 'POST', headers, body, duplex: 'half'});
}

it('stops reading a body that never ends, and holds no more of it than it may', async () => {
  const {handle, rejected} = bench();
  let pulled = 0;
  let cancelled = false;
  const endless = new ReadableStream({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(1_024));
    },
    cancel() {
      cancelled = true;
    },
  });
  const response = await handle(streamed(endless));
  expect([response.status, await response.json()]).toEqual([413, {error: 'too-large'}]);
  expect(pulled).toBeLessThanOrEqual(67);
  expect(cancelled).toBe(true);
  expect(rejected).toMatchObject([{why: 'too-large', status: 413}]);
});

it('answers even if the stream does not let itself be cancelled', async () => {
  const {handle} = bench({maxBytes: 10});
  const stubborn = new ReadableStream({
    start: controller => controller.enqueue(new Uint8Array(11)),
    cancel: () => new Promise(() => undefined),
  });
  expect((await handle(streamed(stubborn))).status).toBe(413);
});

it('reads nothing of a body that says itself that it is too large', async () => {
  const {handle} = bench();
  let pulled = 0;
  const body = new ReadableStream({pull: () => void (pulled += 1)}, {highWaterMark: 0});
  expect((await handle(streamed(body, {'content-length': '65537'}))).status).toBe(413);
  expect(pulled).toBe(0);
});

it.each([
  ['as long as it may be', 0, 200],
  ['one byte longer', 1, 413],
])('a body %s', async (_name, more, status) => {
  const text = JSON.stringify(errorEvent());
  const {handle} = bench({maxBytes: 1_000});
  expect((await handle(post(text + ' '.repeat(1_000 - text.length + more)))).status).toBe(status);
});

it('takes 50 kB, the most that Smartcar sends', async () => {
  const {handle} = bench();
  expect((await handle(post(errorEvent({description: 'x'.repeat(50_000)})))).status).toBe(200);
});

it('does not wait longer than four seconds for a body that stays away', async () => {
  const {handle, clock, rejected} = bench();
  const answer = handle(streamed(new ReadableStream()));
  await clock.advance(3_999);
  expect(rejected).toEqual([]);
  await clock.advance(1);
  expect((await answer).status).toBe(400);
  expect(rejected).toMatchObject([{why: 'unreadable'}]);
  expect(clock.waiting).toBe(0);
});

it('answers 400 where the connection is lost in the middle', async () => {
  const {handle, clock} = bench();
  const broken = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"eventId"'));
      controller.error(new Error('ECONNRESET'));
    },
  });
  expect((await handle(streamed(broken))).status).toBe(400);
  expect(clock.waiting).toBe(0);
});

it('puts a body together that comes in pieces', async () => {
  const {handle, reactions} = bench();
  const text = JSON.stringify(errorEvent({description: 'é'}));
  const bytes = new TextEncoder().encode(text);
  const pieces = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  expect((await handle(streamed(pieces, {'sc-signature': hmac(text)}))).status).toBe(200);
  expect(reactions).toHaveLength(1);
});

it('refuses a body that is missing altogether', async () => {
  const {handle} = bench();
  const bare = new Request('https://product.example/webhooks', {method: 'POST'});
  expect((await handle(bare)).status).toBe(401);
});
