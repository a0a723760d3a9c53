import * as fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {explain, PolicyError} from '../../src/index.ts';
import {bodyLike} from '../core/support/arbitrary.ts';
import {errorOf} from './support/bench.ts';
import {
  BATCH,
  batchOf,
  itemOf,
  NOW,
  problem,
  signalOf,
  signalsOf,
  states,
  STILL,
  UPSTREAM,
} from './support/parts.ts';

async function isExplainedOrRefused(subject: unknown): Promise<boolean> {
  const both = [explain.batch(subject), explain.signals(subject)];
  const outcomes = await Promise.all(both.map(one => one.catch((thrown: unknown) => thrown)));
  return outcomes.every(one => PolicyError.is(one) || 'parts' in (one as object));
}

describe('what a part needs', () => {
  test.each([
    ['UPSTREAM', 502, UPSTREAM, {action: 'retry', needs: 'nobody', failure: {scope: 'call'}}],
    [
      'a missing permission',
      403,
      problem('PERMISSION', null, 'REAUTHENTICATE'),
      {action: 'reauthenticate', needs: 'owner', failure: {scope: 'call'}},
    ],
    ['a refused token', 401, problem('AUTHENTICATION', null), {action: 'fail', needs: 'developer'}],
    [
      'a limit of the car',
      429,
      problem('RATE_LIMIT', 'VEHICLE', 'RETRY_LATER'),
      {action: 'retry', failure: {scope: 'vehicle'}},
    ],
    ['a limit of the plan', 430, problem('BILLING', 'VEHICLE_LIMIT'), {action: 'fail', reason: 'billing'}],
    [
      'a sleeping car',
      409,
      problem('VEHICLE_STATE', 'ASLEEP'),
      {action: 'retry', reason: 'passes-by-itself'},
    ],
    ['the HTML of a proxy', 503, '<html>', {action: 'retry', reason: 'transient-status'}],
    ['no body', 502, undefined, {action: 'retry', failure: {status: 502}}],
    ['a status that is no failure', 302, {}, {action: 'fail', reason: 'unrecognised'}],
  ])('of a batch with %s is said', async (_, code, body, expected) => {
    const {failed, ok} = await batchOf(itemOf('/fuel', code, body));
    expect(failed).toMatchObject([{name: '/fuel', state: 'failed', status: code, ...expected}]);
    expect(ok).toBe(false);
  });

  test('is said for it alone, in the words of its path', async () => {
    const {parts, failed, retryable, retryAt} = await batchOf(
      itemOf('/odometer', 200, {distance: 1}),
      itemOf('/fuel', 502, UPSTREAM),
      itemOf('/location', 429, problem('RATE_LIMIT', 'VEHICLE', 'RETRY_LATER'), {'Retry-After': '30'}),
      itemOf('/vin', 403, problem('PERMISSION', null, 'REAUTHENTICATE')),
    );
    expect(parts[0]).toEqual({name: '/odometer', state: 'ok', status: 200, body: {distance: 1}});
    expect(failed[0]).toEqual({
      name: '/fuel',
      state: 'failed',
      status: 502,
      action: 'retry',
      reason: 'server-says-retry',
      needs: 'nobody',
      failure: expect.objectContaining({type: 'UPSTREAM', status: 502, scope: 'call'}),
      retryAt: NOW + 1_000,
      userMessage: "We couldn't read the fuel level of your car right now. Please try again later.",
      hints: expect.arrayContaining([expect.any(String)]),
      docUrl: expect.stringContaining('upstream'),
    });
    expect(failed.map(part => part.userMessage.split(' your car')[0])).toEqual([
      "We couldn't read the fuel level of",
      "We couldn't locate",
      "We couldn't read the VIN of",
    ]);
    expect(retryable).toEqual(['/fuel', '/location']);
    // The later of the two: 30 s and half of a second's spread.
    expect(retryAt).toBe(NOW + 30_500);
    expect(failed[1]?.retryAt).toBe(retryAt);
  });

  test('of a make in capitals is a correction, and not the owner', async () => {
    const body = problem('PERMISSION', null, 'REAUTHENTICATE');
    const subject = {responses: [itemOf('/TESLA/compass', 403, body), itemOf('/tesla/compass', 403, body)]};
    for (const options of [STILL, {...STILL, url: BATCH}]) {
      const {failed} = await explain.batch(subject, options);
      expect(failed.map(part => part.needs)).toEqual(['developer', 'owner']);
    }
  });

  test('of a signal is said for it alone; one without data needs nothing', async () => {
    const none = {
      id: 'c',
      type: 'signal',
      attributes: {code: 'c', body: null, status: {value: 'UNAVAILABLE'}},
    };
    const {parts, failed, ok, retryable} = await signalsOf(
      signalOf('odometer-traveleddistance'),
      signalOf('charge-voltage', problem('VEHICLE_STATE', 'NOT_CHARGING')),
      signalOf('location-preciselocation', UPSTREAM),
      signalOf('x', problem('SignalError', 'SIGNAL_NOT_FOUND', 'REAUTHENTICATE')),
      none,
    );
    expect(parts[0]).toEqual({name: 'odometer-traveleddistance', state: 'ok', body: {value: 25}});
    expect(parts[4]).toEqual({name: 'c', state: 'unavailable'});
    expect(failed).toMatchObject([
      {name: 'charge-voltage', action: 'fail', needs: 'owner', failure: {scope: 'call'}},
      {
        name: 'location-preciselocation',
        action: 'retry',
        userMessage: expect.stringContaining("couldn't locate your car"),
      },
      {name: 'x', action: 'fail', needs: 'developer', reason: 'signal-not-found'},
    ]);
    expect(retryable).toEqual(['location-preciselocation']);
    expect(ok).toBe(false);
  });

  test('that has no name is said, and nothing is asked for again', async () => {
    const result = await batchOf({code: 502, body: UPSTREAM}, null);
    expect(states(result)).toEqual(['responses[0] failed retry', 'responses[1] failed fail']);
    expect(result.retryable).toEqual([]);
    expect(result).not.toHaveProperty('retryAt');
  });

  test('nothing of parts that are all ok; an answer without parts is not', async () => {
    expect(await batchOf(itemOf('/vin', 200, {}))).toMatchObject({ok: true, failed: [], retryable: []});
    expect(await signalsOf()).toMatchObject({ok: false, parts: [], failed: []});
  });
});

describe('the subject', () => {
  const body = {responses: [itemOf('/vin', 200, {vin: 'V'})]};

  test.each([
    ['a parsed body', body],
    ['the text of one', JSON.stringify(body)],
    ['a response', Response.json(body)],
    ['a response of a strange content type', new Response(JSON.stringify(body))],
  ])('may be %s', async (_, subject) => {
    expect(await explain.batch(subject)).toMatchObject({ok: true, body});
  });

  test('as a response leaves its body to the caller', async () => {
    const response = Response.json(body);
    await explain.batch(response);
    expect(response.bodyUsed).toBe(false);
    expect(await response.json()).toEqual(body);
  });

  test('as a response that was read, or is being read, is refused with a way out', async () => {
    const read = Response.json(body);
    await read.json();
    const reading = Response.json(body);
    reading.body?.getReader();
    for (const subject of [read, reading]) {
      expect(await errorOf(explain.batch(subject))).toMatchObject({
        code: 'CONFIGURATION',
        message: expect.stringContaining('parsed body'),
      });
    }
  });

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [{errors: [], meta: 1}, 'an object with errors, meta'],
    [{odometer: () => 1}, 'an object with odometer'],
    [[], 'an array'],
    ['<html>', '`<html>` (string)'],
    [
      Response.json({type: 'UPSTREAM'}, {status: 502}),
      'with type. The response has the status 502: explain(resp',
    ],
    [new Response(null, {status: 204}), '`` (string)'],
  ])('that is no such answer is refused: %j', async (subject, got) => {
    const thrown = await errorOf(explain.batch(subject));
    expect(thrown).toBeInstanceOf(PolicyError);
    expect(thrown).toMatchObject({code: 'CONFIGURATION', message: expect.stringContaining(got)});
    expect(String(thrown)).toContain('`responses`');
  });

  test('may be anything: it is explained or refused, never more', async () => {
    const around = bodyLike.map(inner => ({responses: inner, data: inner}));
    const subject = fc.oneof(fc.jsonValue(), bodyLike, around);
    const details = await fc.check(fc.asyncProperty(subject, isExplainedOrRefused), {numRuns: 1_000});
    expect(details.failed ? fc.defaultReportMessage(details) : undefined).toBeUndefined();
  });

  test('needs a whole URL where one is given', async () => {
    expect(await errorOf(explain.batch(body, {url: '/batch'}))).toMatchObject({code: 'CONFIGURATION'});
  });
});

test('messages name the app, or are your own', async () => {
  const body = {responses: [itemOf('/odometer', 502, UPSTREAM)]};
  const named = await explain.batch(body, {app: {name: 'Volt'}});
  expect(named.failed[0]?.userMessage).toMatch(/^Volt couldn't read the odometer of your car/);
  const app = {locale: 'de'};
  const own = await explain.batch(body, {app, messages: ({phrase, locale}) => `${locale}: ${phrase}`});
  expect(own.failed[0]?.userMessage).toBe('de: read the odometer of');
});

test('a body that somebody is reading is refused by name', async () => {
  const response = Response.json({responses: []});
  response.body?.getReader();
  await expect(explain.batch(response)).rejects.toThrow(/unread, got one whose body is being read/);
});
