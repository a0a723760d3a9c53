import {describe, expect, test} from 'vitest';
import {discard, isFailedResponse, readResponse} from '../../src/engine/attempt.ts';
import {response} from './support/failures.ts';

const LONGEST_BODY = 256 * 1024;
const race = <T>(promise: Promise<T>): Promise<T> => promise;
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
const UPSTREAM = {type: 'UPSTREAM', code: 'NO_RESPONSE', statusCode: 502};

/** A body of these parts, which counts how many were asked for and whether it was cancelled. */
function bodyOf(parts: readonly Uint8Array[]): {
  readonly body: ReadableStream<Uint8Array>;
  asked: number;
  cancelled: boolean;
} {
  const watched = {
    asked: 0,
    cancelled: false,
    body: new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const part = parts[watched.asked++];
          if (part) controller.enqueue(part);
          else controller.close();
        },
        cancel: () => void (watched.cancelled = true),
      },
      {highWaterMark: 0},
    ),
  };
  return watched;
}

/** What has the members of a response without being one of Node's. */
const stranger = (status: number): object => ({
  status,
  headers: new Headers(),
  ok: status < 400,
  clone: () => undefined,
  json: async () => ({}),
  text: async () => '',
});

describe('a failed response', () => {
  test.each([
    [200, false],
    [399, false],
    [400, true],
    [502, true],
  ])('is one with the status %i: %s', (status, failed) => {
    expect(isFailedResponse(new Response('', {status}))).toBe(failed);
    expect(isFailedResponse(stranger(status))).toBe(failed);
  });

  test('is nothing that has a status and no more', () => {
    expect(isFailedResponse({status: 500})).toBe(false);
    expect(isFailedResponse(undefined)).toBe(false);
    expect(isFailedResponse('500')).toBe(false);
  });
});

describe('a body that nobody will read', () => {
  test('is cancelled', () => {
    const watched = bodyOf([]);
    discard(new Response(watched.body));
    expect(watched.cancelled).toBe(true);
  });

  test('is left alone where somebody is reading it, or has read it', async () => {
    const watched = bodyOf([new TextEncoder().encode('x')]);
    const reading = new Response(watched.body);
    const reader = reading.body?.getReader();
    discard(reading);
    await reader?.read();
    expect(watched.cancelled).toBe(false);
    const read = response(500, {});
    await read.text();
    expect(() => discard(read)).not.toThrow();
  });

  test('may be none at all, or break as it is cancelled', async () => {
    const broken = new ReadableStream({
      cancel() {
        throw new Error('broken');
      },
    });
    const unheard: unknown[] = [];
    const hear = (error: unknown): void => void unheard.push(error);
    process.on('unhandledRejection', hear);
    discard(new Response(null));
    discard(new Response(broken));
    discard({body: {cancel: () => Promise.reject(new Error('not a response'))}});
    discard(undefined);
    await turn();
    process.off('unhandledRejection', hear);
    expect(unheard).toEqual([]);
  });
});

describe('the error of a response', () => {
  test('is read from a copy: the caller’s body stays unread', async () => {
    const answer = response(502, UPSTREAM, {'retry-after': '5'});
    const [evidence] = await readResponse(answer, race);
    expect(evidence).toMatchObject({type: 'UPSTREAM', code: 'NO_RESPONSE', status: 502});
    expect(answer.bodyUsed).toBe(false);
    await expect(answer.json()).resolves.toEqual(UPSTREAM);
  });

  test('is its status alone where the body was read before, or somebody is reading it', async () => {
    const read = response(502, UPSTREAM);
    await read.text();
    const reading = response(502, UPSTREAM);
    reading.body?.getReader();
    for (const answer of [read, reading]) {
      const [evidence] = await readResponse(answer, race);
      expect(evidence).toMatchObject({status: 502});
      expect(evidence).not.toHaveProperty('type');
    }
  });

  test('is its status alone where the body breaks, or does not come in time', async () => {
    const broken = new ReadableStream({
      pull() {
        throw new Error('broken');
      },
    });
    const [ofBroken] = await readResponse(new Response(broken, {status: 502}), race);
    expect(ofBroken).toMatchObject({status: 502});
    const slow = new Response(new ReadableStream(), {status: 503});
    const [ofSlow] = await readResponse(slow, () => Promise.reject(new Error('late')));
    expect(ofSlow).toMatchObject({status: 503});
  });

  test('is read in the dialect that is told', async () => {
    const oauth = {error: 'invalid_grant', error_description: 'gone'};
    const [evidence] = await readResponse(response(400, oauth), race, 'oauth-v2');
    expect(evidence).toMatchObject({api: 'oauth-v2'});
    const [untold] = await readResponse(response(502, UPSTREAM), race);
    expect(untold?.api).not.toBe('oauth-v2');
  });

  test('is put together from parts that divide a character', async () => {
    const text = JSON.stringify({...UPSTREAM, description: 'Gerät'});
    const bytes = new TextEncoder().encode(text);
    const inside = bytes.indexOf(0xc3) + 1;
    const {body} = bodyOf([bytes.slice(0, inside), bytes.slice(inside)]);
    const [evidence] = await readResponse(new Response(body, {status: 502}), race);
    expect(evidence).toMatchObject({description: 'Gerät'});
  });

  test('does not wait for the rest of a body that is too long, nor hold up the caller’s', async () => {
    const half = new Uint8Array(LONGEST_BODY / 2).fill(0x20);
    const watched = bodyOf([half, half, new Uint8Array(1), half, half]);
    const answer = new Response(watched.body, {status: 502});
    await readResponse(answer, race);
    // At the limit one more part is read, beyond it none; a copy asks for one ahead.
    expect(watched.asked).toBe(4);
    await answer.body?.cancel();
    await turn();
    expect(watched.cancelled).toBe(true);
  });
});
