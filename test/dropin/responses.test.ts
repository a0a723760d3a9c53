import {describe, expect, test} from 'vitest';
import {bothWays, ending, face, PLACES, type Behaviour} from './both-ways.ts';

const own = (): RequestInit => ({signal: new AbortController().signal});

const behaviours: Readonly<Record<string, Behaviour>> = {
  'says all that a response says': async ({at}) => {
    const response = await fetch(`${at}/headers`);
    const cookies = response.headers.getSetCookie();
    const cased = [response.headers.get('x-mixed-case'), response.headers.get('X-MIXED-CASE')];
    return [face(response), cookies, cased, await response.text(), response.bodyUsed];
  },
  'says the same to a caller with a signal': async ({at}) => {
    const response = await fetch(`${at}/headers`, own());
    return [face(response), response.headers.getSetCookie(), await response.text()];
  },
  'keeps the headers of a response from being changed': async ({at}) => {
    const response = await fetch(`${at}/ok`);
    return ending((async () => response.headers.set('x-own', 'a'))());
  },
  'gives the body as text, bytes, Blob and JSON': async ({at}) => {
    const get = (): Promise<Response> => fetch(`${at}/ok`);
    const blob = await (await get()).blob();
    const bytes = new Uint8Array(await (await get()).arrayBuffer());
    const json: unknown = await (await get()).json();
    return [await (await get()).text(), [...bytes], blob.type, await blob.text(), json];
  },
  'throws alike when a body is used twice': async ({at}) => {
    const response = await fetch(`${at}/ok`);
    await response.text();
    const twice = [await ending(response.text()), await ending(response.json())];
    return [...twice, await ending((async () => response.clone())()), response.body?.locked];
  },
  'throws alike when a body that was read is no JSON': async ({at}) =>
    ending((await fetch(`${at}/not-json`)).json()),
  'streams: the first part is there before the second is sent': async ({at, stage}) => {
    const reader = (await fetch(`${at}/parts`)).body!.getReader();
    const first = await reader.read();
    stage.release();
    const second = await reader.read();
    return [text(first), text(second), (await reader.read()).done];
  },
  'streams to `for await`': async ({at, stage}) => {
    let all = '';
    for await (const part of (await fetch(`${at}/parts`, own())).body!) {
      all += new TextDecoder().decode(part as Uint8Array);
      stage.release();
    }
    return all;
  },
  'streams into a buffer of the reader’s own': async ({at, stage}) => {
    const reader = (await fetch(`${at}/parts`, own())).body!.getReader({mode: 'byob'});
    const first = await reader.read(new Uint8Array(100));
    stage.release();
    return text(first);
  },
  'lets a body go half-way': async ({at}) => {
    const {body} = await fetch(`${at}/parts`, own());
    const reader = body!.getReader();
    await reader.read();
    return ending(reader.cancel(new Error('enough')));
  },
  'clones: both are read by themselves': async ({at}) => {
    const response = await fetch(`${at}/headers`, own());
    const clone = response.clone();
    return [face(clone), await clone.text(), face(response), await response.text()];
  },
  'fails alike when the connection breaks before an answer': ({at}) => ending(fetch(`${at}/cut`)),
  'fails alike when the connection breaks within the body': async ({at}) => {
    const response = await fetch(`${at}/cut-body`);
    return [response.status, await ending(response.text())];
  },
  'fails alike where nobody listens': async () => ending(fetch('http://127.0.0.1:1/v2.0/vehicles')),
  'answers HEAD without a body': async ({at}) => {
    const response = await fetch(`${at}/ok`, {method: 'HEAD'});
    return [face(response), await response.text()];
  },
  'serves many at once': async ({at}) =>
    Promise.all(
      Array.from({length: 20}, async (_, index) => {
        const response = await fetch(`${at}/ok?n=${index}`);
        return [response.url, await response.json()];
      }),
    ),
};

const text = ({value}: {readonly value?: Uint8Array | undefined}): string => new TextDecoder().decode(value);

describe.each(PLACES)('at %s', place => {
  test.each(Object.entries(behaviours))('%s', async (_name, behaviour) => {
    const {plain, policed} = await bothWays(place, behaviour);
    expect(policed).toEqual(plain);
  });

  test.each([204, 205, 304, 400, 404, 409, 422])('%d comes as it is', async status => {
    const {plain, policed} = await bothWays(place, async ({at}) => {
      const response = await fetch(`${at}/status?code=${status}`, own());
      return [face(response), await response.text()];
    });
    expect(policed).toEqual(plain);
  });

  test.each(['gzip', 'br', 'deflate'])('a body in %s is unpacked', async coding => {
    const {plain, policed} = await bothWays(place, async ({at}) => {
      const response = await fetch(`${at}/coded?by=${coding}`);
      return [face(response), await response.json()];
    });
    expect(policed).toEqual(plain);
    expect(JSON.stringify(policed.saw)).toContain('ünïcode, ünïcode');
  });
});

// What several callers share with a policy, they each ask for without one.
describe.each(PLACES)('reads at %s that are identical and in flight', place => {
  test.each([
    ['by callers without a signal', () => ({})],
    ['by callers with signals of their own', own],
  ] as const)('give each caller a response of its own: %s', async (_name, init) => {
    const {plain, policed} = await bothWays(place, async ({at, stage}) => {
      const responses = await Promise.all([1, 2, 3].map(() => fetch(`${at}/headers`, init())));
      const seen = await Promise.all(
        responses.map(async response => {
          const clone = response.clone();
          const cookies = response.headers.getSetCookie();
          return [face(response), cookies, face(clone), await clone.text(), await response.text()];
        }),
      );
      stage.take();
      return seen;
    });
    expect(policed).toEqual(plain);
  });

  test('can be read into a buffer of the reader’s own, and be let go of one by one', async () => {
    const {plain, policed} = await bothWays(place, async ({at, stage}) => {
      const calls = [1, 2, 3].map(() => fetch(`${at}/headers`, own()));
      const [one, two, three] = await Promise.all(calls);
      stage.take();
      const reader = one!.body!.getReader({mode: 'byob'});
      await three!.body!.cancel();
      return [text(await reader.read(new Uint8Array(100))), await two!.text()];
    });
    expect(policed).toEqual(plain);
  });

  test('end for the one who aborts alone', async () => {
    const {plain, policed} = await bothWays(place, async ({at, stage}) => {
      const controller = new AbortController();
      const leaving = fetch(`${at}/parts`, {signal: controller.signal});
      const staying = fetch(`${at}/parts`, own());
      const [gone, kept] = await Promise.all([leaving, staying]);
      const read = gone.text();
      controller.abort(new Error('enough'));
      const ended = await ending(read);
      stage.release();
      stage.take();
      return [ended, await kept.text()];
    });
    expect(policed).toEqual(plain);
  });
});
