import {expect, test} from 'vitest';
import {classify} from '../../src/core/classify.ts';
import type {Failure} from '../../src/core/failure.ts';
import {readEvidence} from '../../src/core/evidence/read.ts';
import {createPolicy} from '../../src/policy.ts';
import {HOSTILE} from '../core/support/hostile.ts';
import {dice, FACTOR, SEED} from './support/factor.ts';
import {heapUsed} from './support/heap.ts';
import {mutant} from './support/mutants.ts';

/** A hundred entries, each with twenty details of a hundred names: no list is followed any further. */
const MOST_READS = 500_000;

/** The same thing, with every read of a member counted, however deep. */
function watched(value: unknown, count: {reads: number}): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      count.reads += 1;
      if (count.reads > MOST_READS) return undefined;
      const got: unknown = Reflect.get(target, key);
      // An invariant of proxies: what cannot change has to come out as it is.
      const fixed = Object.getOwnPropertyDescriptor(target, key);
      return fixed?.configurable === false && fixed.writable === false ? got : watched(got, count);
    },
  });
}

const hundred = (entry: unknown): unknown[] => Array.from({length: 5_000}, () => entry);
const field = {field: hundred('f'), message: 'm'};
const LARGE: Readonly<Record<string, unknown>> = {
  'a knot of itself': HOSTILE['a knot of itself']!(),
  'a batch of knots': HOSTILE['a batch of knots']!(),
  'five thousand errors': {errors: hundred({type: 'UPSTREAM', code: 'NO_RESPONSE'})},
  'five thousand items': {responses: hundred({path: '/vin', code: 500, body: {type: 'SERVER'}})},
  'items of five thousand errors': {
    responses: hundred({path: '/vin', code: 500, body: {errors: hundred({type: 'SERVER'})}}),
  },
  'five thousand signals': {
    data: hundred({attributes: {status: {value: 'ERROR', error: {type: 'SERVER'}}}}),
  },
  'entries of five thousand details': {errors: hundred({type: 'VALIDATION', detail: hundred(field)})},
};

test.each(Object.entries(LARGE))('%s costs a bounded number of reads', (_, body) => {
  const count = {reads: 0};
  readEvidence(watched(body, count), {status: 500});
  expect(count.reads).toBeLessThan(MOST_READS);
});

test('what is kept of a failure is no longer than it says: no cut text holds on to the whole', async () => {
  const keep = 150;
  const kept: Failure[] = [];
  const words = 'words '.repeat(20_000);
  const before = await heapUsed();
  for (let count = 0; count < keep; count++) {
    const long = `${count} ${words}`;
    const detail = [{field: [long], message: long}];
    const body = {
      type: 'VALIDATION',
      description: long,
      suggestedUserMessage: long,
      detail,
      resolution: long,
    };
    const [entry] = readEvidence(JSON.stringify(body), {status: 400, headers: {'sc-request-id': long}});
    kept.push(classify(entry!, {}, 0).failure);
  }
  const bytesEach = ((await heapUsed()) - before) / keep;
  // 1 800 characters and the objects around them; a slice of each would hold 700 000.
  expect(bytesEach).toBeLessThan(15_000);
  expect(kept).toHaveLength(keep);
});

test.each(Object.keys(HOSTILE))('the policy decides about %s, and puts it into words', async name => {
  const policy = createPolicy();
  const hostile = HOSTILE[name]!();
  expect(await policy.decide(hostile)).toMatchObject({action: expect.any(String)});
  expect(await policy.explain(hostile, {status: 502})).toMatchObject({needs: expect.any(String)});
  await policy.close();
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const ERROR = '{"type":"UPSTREAM","code":"NO_RESPONSE","statusCode":502,"description":"words"}';

function streamed(pull: (controller: ReadableStreamDefaultController, turn: number) => void): Response {
  let turn = 0;
  return new Response(new ReadableStream({pull: controller => pull(controller, turn++)}), {status: 502});
}

const BROKEN: Readonly<Record<string, () => Response>> = {
  'breaks before its first byte': () => streamed(controller => controller.error(new Error('reset'))),
  'breaks in the middle': () =>
    streamed((controller, turn) =>
      turn === 0 ? controller.enqueue(bytes(ERROR.slice(0, 30))) : controller.error(new Error('reset')),
    ),
  'breaks with a value that is no error': () => streamed(controller => controller.error(undefined)),
  'is no UTF-8': () => new Response(new Uint8Array([0xff, 0xfe, 0x7b, 0x22, 0x80]), {status: 502}),
  'comes byte by byte': () =>
    streamed((controller, turn) =>
      turn < ERROR.length ? controller.enqueue(bytes(ERROR[turn] ?? '')) : controller.close(),
    ),
  'is made of texts and not of bytes': () => streamed(controller => controller.enqueue('{"type":')),
  'is empty': () => new Response('', {status: 502}),
  'is not there': () => new Response(null, {status: 502}),
  'is being read by somebody': () => {
    const response = new Response(ERROR, {status: 502});
    response.body?.getReader();
    return response;
  },
};

test.each(Object.entries(BROKEN))('a body that %s gets a decision all the same', async (_, make) => {
  const policy = createPolicy();
  const {action, reason, failure} = await policy.explain(make());
  expect(failure?.status).toBe(502);
  expect([action, reason].every(word => typeof word === 'string')).toBe(true);
  await policy.close();
});

test('a body without an end is read up to its bound, and no further', async () => {
  const policy = createPolicy();
  let sent = 0;
  const response = streamed(controller => {
    sent += 65_536;
    controller.enqueue(new Uint8Array(65_536).fill(32));
  });
  await policy.explain(response);
  expect(sent).toBeLessThan(1_000_000);
  await policy.close();
});

test('bodies that nobody has sent yet are explained in words too, and those words are short', async () => {
  const policy = createPolicy({random: () => 0.5});
  const chance = dice(SEED);
  const most = 3_000 * FACTOR;
  let count = 0;
  for (; count < most; count++) {
    const {subject, context} = mutant(chance);
    const given = {user: 'ada', status: context.status, request: {url: '/v2.0/vehicles/car-1/battery'}};
    try {
      const {userMessage, hints, needs} = await policy.explain(subject, given as object);
      const words = [userMessage ?? '', ...(hints ?? [])];
      if (words.some(one => typeof one !== 'string' || one.length > 2_500))
        throw new Error(`long: ${words.join()}`);
      if (typeof needs !== 'string') throw new Error('nobody needs to act');
    } catch (cause) {
      throw new Error(`Body ${count} of SMARTCAR_POLICY_SEED=${SEED}: ${String(cause)}`, {cause});
    }
  }
  expect(count).toBe(most);
  await policy.close();
}, 120_000);
