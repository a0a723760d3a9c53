import {describe, expect, test, vi} from 'vitest';
import {explain, type Asking, type Parts} from '../../src/index.ts';
import {errorOf} from './support/bench.ts';
import {
  BATCH,
  batchOf,
  itemOf,
  NOW,
  playing,
  problem,
  signalOf,
  SIGNALS,
  signalsOf,
  states,
  STILL,
  UPSTREAM,
} from './support/parts.ts';

const firstBatch = (): Promise<Parts> =>
  batchOf(
    itemOf('/odometer', 502, UPSTREAM),
    itemOf('/vin', 200, {vin: 'V'}),
    itemOf('/fuel', 403, problem('PERMISSION', null, 'REAUTHENTICATE')),
    itemOf('/location', 500, problem('SERVER', 'INTERNAL', 'RETRY_LATER')),
  );
const firstSignals = (): Promise<Parts> =>
  signalsOf(signalOf('a', UPSTREAM), signalOf('b'), signalOf('c d', UPSTREAM));
const single = (code: string, failed?: object): Response => Response.json({data: signalOf(code, failed)});

describe('asking a batch again', () => {
  test('knows a path by its name, with or without the slash before it', async () => {
    const old = await batchOf(itemOf('odometer', 502, UPSTREAM));
    const fresh = await old.again(playing(Response.json({responses: [itemOf('/odometer', 200, {})]})));
    expect(fresh.ok).toBe(true);
  });

  test('asks for a path that came twice once, and for hundreds in one request', async () => {
    const paths = Array.from({length: 250}, (_, index) => `/p${index % 200}`);
    const old = await batchOf(...paths.map(path => itemOf(path, 502, UPSTREAM)));
    const fetch = playing(Response.json({responses: paths.slice(0, 200).map(path => itemOf(path, 200, {}))}));
    const fresh = await old.again(fetch);
    expect(fetch.asked).toHaveLength(1);
    expect([old.retryable.length, fresh.parts.length, fresh.ok]).toEqual([200, 250, true]);
  });

  test('puts the fresh answers in the place of the old ones, and leaves the rest', async () => {
    const old = await firstBatch();
    const answer = {
      responses: [itemOf('/location', 200, {latitude: 1}), itemOf('/odometer', 200, {distance: 2})],
    };
    const fetch = playing(Response.json(answer));
    const fresh = await old.again(fetch, {headers: {'sc-unit-system': 'imperial'}});
    const [request] = fetch.asked;
    expect([request?.method, request?.url, await request?.json()]).toEqual([
      'POST',
      BATCH,
      {requests: [{path: '/odometer'}, {path: '/location'}]},
    ]);
    expect(request?.headers.get('content-type')).toBe('application/json');
    expect(request?.headers.get('sc-unit-system')).toBe('imperial');
    expect(states(fresh)).toEqual(['/odometer ok', '/vin ok', '/fuel failed reauthenticate', '/location ok']);
    expect(fresh.parts[1]).toBe(old.parts[1]);
    expect(fresh.parts[2]).toBe(old.parts[2]);
    expect(fresh.retryable).toEqual([]);
    const codes = (fresh.body as {responses: {code: number}[]}).responses.map(one => one.code);
    expect(codes).toEqual([200, 200, 403, 200]);
    expect(states(old)[0]).toBe('/odometer failed retry');
    expect(await fresh.again(fetch)).toBe(fresh);
    expect(fetch.asked).toHaveLength(1);
  });

  test('leaves a part as it was that nobody answered, and ignores one that nobody asked for', async () => {
    const old = await firstBatch();
    const answer = {responses: [itemOf('/vin', 200, {vin: 'other'}), null, itemOf('/location', 200, {})]};
    const fresh = await old.again(playing(Response.json(answer)));
    expect(states(fresh)).toEqual([
      '/odometer failed retry',
      '/vin ok',
      '/fuel failed reauthenticate',
      '/location ok',
    ]);
    expect(fresh.parts[0]).toBe(old.parts[0]);
    expect(fresh.parts[1]).toBe(old.parts[1]);
  });

  test('asks once for a path that failed twice', async () => {
    const twice = await batchOf(
      itemOf('/vin', 502, UPSTREAM),
      itemOf('/vin', 200, {a: 1}),
      itemOf('/vin', 502, UPSTREAM),
    );
    const fetch = playing(Response.json({responses: [itemOf('/vin', 200, {a: 2})]}));
    const fresh = await twice.again(fetch);
    expect(await fetch.asked[0]?.json()).toEqual({requests: [{path: '/vin'}]});
    expect(fresh.parts.map(part => part.body)).toEqual([{a: 2}, {a: 1}, {a: 2}]);
  });

  test.each([
    [
      'a limit',
      Response.json(problem('RATE_LIMIT', 'VEHICLE', 'RETRY_LATER'), {
        status: 429,
        headers: {'retry-after': '60'},
      }),
      {action: 'retry', status: 429, retryAt: NOW + 60_500, failure: {scope: 'vehicle'}},
    ],
    [
      'a lost login',
      Response.json(problem('CONNECTED_SERVICES_ACCOUNT', 'AUTHENTICATION_FAILED', 'REAUTHENTICATE'), {
        status: 400,
      }),
      {action: 'reauthenticate', needs: 'owner'},
    ],
    ['an old token', Response.json(problem('AUTHENTICATION', null), {status: 401}), {action: 'refresh'}],
    ['the page of a proxy', new Response('<html>', {status: 503}), {action: 'retry', status: 503}],
    ['a 200 of something else', Response.json({hello: 1}), {action: 'fail', reason: 'unrecognised'}],
    [
      'a lost connection',
      new TypeError('fetch failed', {cause: Object.assign(new Error('x'), {code: 'ECONNRESET'})}),
      {action: 'retry', reason: 'connection-lost'},
    ],
  ])(
    'that fails as a whole with %s keeps its parts failed, with that explanation',
    async (_, answer, expected) => {
      const old = await firstBatch();
      const fresh = await old.again(playing(answer));
      expect([fresh.parts[0], fresh.parts[3]]).toMatchObject([
        {name: '/odometer', state: 'failed', userMessage: expect.stringContaining('odometer'), ...expected},
        {name: '/location', state: 'failed', ...expected},
      ]);
      expect(fresh.parts.slice(1, 3)).toEqual(old.parts.slice(1, 3));
      expect(fresh.body).toEqual(old.body);
    },
  );

  test('rejects with what is no failure of the request', async () => {
    const stranger = new Error('a stranger');
    expect(await errorOf((await firstBatch()).again(playing(stranger)))).toBe(stranger);
    const stop = AbortSignal.abort(new Error('enough'));
    const aborted = await errorOf(
      (await firstBatch()).again((url, init) => fetch(url, init), {signal: stop}),
    );
    expect(aborted).toBe(stop.reason);
  });

  test.each<[what: string, url: string | undefined]>([
    ['no URL', undefined],
    ['that of a reading', `${BATCH.slice(0, -6)}/odometer`],
    ['half a URL', '/batch'],
  ])('with %s is refused before anything is sent', async (_, url) => {
    const old = await explain.batch({responses: [itemOf('/vin', 502, UPSTREAM)]});
    const fetch = playing();
    expect(await errorOf(old.again(fetch, url === undefined ? {} : {url}))).toMatchObject({
      code: 'CONFIGURATION',
    });
    expect(fetch.asked).toEqual([]);
  });

  test('without a fetch is refused', async () => {
    expect(await errorOf((await firstBatch()).again('x' as never))).toMatchObject({code: 'CONFIGURATION'});
  });

  test('needs nothing at all where nothing passes', async () => {
    const done = await explain.batch({responses: [itemOf('/vin', 200, {})]});
    const fetch = vi.fn<Asking>();
    expect(await done.again(fetch)).toBe(done);
    expect(fetch).not.toHaveBeenCalled();
  });
});

describe('asking for signals again', () => {
  test('sends one GET for each that passes', async () => {
    const fetch = playing(single('a'), single('c d'));
    const fresh = await (await firstSignals()).again(fetch);
    expect(fetch.asked.map(({method, url}) => [method, url])).toEqual([
      ['GET', `${SIGNALS}/a`],
      ['GET', `${SIGNALS}/c%20d`],
    ]);
    expect(states(fresh)).toEqual(['a ok', 'b ok', 'c d ok']);
    expect(fresh.ok).toBe(true);
    expect(fresh.body).toEqual({data: [signalOf('a'), signalOf('b'), signalOf('c d')]});
  });

  test('goes on after a failure of one signal, and keeps what was answered', async () => {
    const missing = Response.json(
      {errors: [{status: '404', type: 'RESOURCE_NOT_FOUND', code: 'SIGNAL_NOT_FOUND'}]},
      {status: 404},
    );
    const fresh = await (await firstSignals()).again(playing(missing, single('c d')));
    expect(states(fresh)).toEqual(['a failed fail', 'b ok', 'c d ok']);
    expect(fresh.parts[0]).toMatchObject({status: 404, reason: 'signal-not-found'});
  });

  test('ends at a limit of the car: the others carry it unasked', async () => {
    const limited = Response.json(
      {errors: [{status: '429', type: 'RATE_LIMIT', code: 'VEHICLE', resolution: {type: 'RETRY_LATER'}}]},
      {status: 429, headers: {'retry-after': '60'}},
    );
    const fetch = playing(limited);
    const fresh = await (await firstSignals()).again(fetch);
    expect(fetch.asked).toHaveLength(1);
    expect(states(fresh)).toEqual(['a failed retry', 'b ok', 'c d failed retry']);
    expect(fresh.retryAt).toBe(NOW + 60_500);
  });

  test('ends at a lost connection, and keeps what was answered before', async () => {
    const lost = new TypeError('fetch failed', {
      cause: Object.assign(new Error('x'), {code: 'ECONNREFUSED'}),
    });
    const fresh = await (await firstSignals()).again(playing(single('a'), lost));
    expect(states(fresh)).toEqual(['a ok', 'b ok', 'c d failed retry']);
  });

  test('works for the answer of a single signal', async () => {
    const url = `${SIGNALS}/a`;
    const alone = await explain.signals({data: signalOf('a', UPSTREAM)}, {...STILL, url});
    const fetch = playing(single('a'));
    const fresh = await alone.again(fetch);
    expect(fetch.asked[0]?.url).toBe(url);
    expect(fresh.body).toEqual({data: signalOf('a')});
  });
});
