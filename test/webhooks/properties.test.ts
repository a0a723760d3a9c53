import * as fc from 'fast-check';
import {expect, it} from 'vitest';
import {bench, errorEvent, hmac, post, verifyEvent} from './support/bench.ts';

const RUNS = 500;

/** Deliveries, near misses, and junk. */
const body: fc.Arbitrary<string> = fc.oneof(
  fc.constant(errorEvent()).map(event => JSON.stringify(event)),
  fc.json(),
  fc.string({unit: 'grapheme', maxLength: 200}),
  fc
    .oneof(fc.string({maxLength: 140}), fc.stringMatching(/^[\w-]{1,130}$/), fc.jsonValue())
    .map(challenge => JSON.stringify(verifyEvent(challenge))),
  fc.jsonValue().map(data => JSON.stringify(errorEvent({}, {data}))),
);

const signature = (text: string): fc.Arbitrary<string | null> =>
  fc.oneof(
    fc.constant(null),
    fc.constant(hmac(`${text} `)),
    fc.constant(hmac(text, 'another key')),
    fc.constant(hmac(text).slice(2)),
    fc.stringMatching(/^[\da-fA-F]{0,80}$/),
    fc.stringMatching(/^[abc019,= ]{0,70}$/),
  );

/** The challenge in a body that may be answered without a signature. */
function goodChallenge(text: string): string | undefined {
  try {
    const {eventType, data} = JSON.parse(text) as {eventType?: unknown; data?: {challenge?: unknown}};
    const challenge = data?.challenge;
    const good =
      eventType === 'VERIFY' && typeof challenge === 'string' && /^[a-z0-9_-]{1,128}$/i.test(challenge);
    return good ? challenge : undefined;
  } catch {
    return undefined;
  }
}

it('without the right signature nothing is done, and nothing but a good challenge is answered', async () => {
  const pairs = body.chain(text => signature(text).map(sent => [text, sent] as const));
  await fc.assert(
    fc.asyncProperty(pairs, async ([text, sent]) => {
      fc.pre(sent?.trim().toLowerCase() !== hmac(text));
      const {handle, reactions, accepted} = bench();
      const response = await handle(post(text, sent));
      const challenge = goodChallenge(text);
      expect(response.status).toBe(challenge === undefined ? 401 : 200);
      const said: unknown = await response.json();
      expect(challenge === undefined || hmac(challenge) === (said as {challenge?: unknown}).challenge).toBe(
        true,
      );
      expect([reactions, accepted]).toEqual([[], []]);
    }),
    {numRuns: RUNS},
  );
});

it('what is answered never holds the signature of another event', async () => {
  await fc.assert(
    fc.asyncProperty(body, async forged => {
      fc.pre(!/^[\w-]{1,128}$/.test(forged));
      const {handle} = bench();
      const answers = [forged, JSON.stringify(verifyEvent(forged))].map(text => handle(post(text, null)));
      for (const answer of await Promise.all(answers))
        expect(await answer.text()).not.toContain(hmac(forged));
    }),
    {numRuns: RUNS},
  );
});

it('whatever is signed is answered with 200 or 400, and never rejects', async () => {
  await fc.assert(
    fc.asyncProperty(body, async text => {
      const {handle, clock} = bench();
      expect([200, 400]).toContain((await handle(post(text))).status);
      expect(clock.waiting).toBe(0);
    }),
    {numRuns: RUNS},
  );
});
