import {createRequire} from 'node:module';
import ky from 'ky';
import {describe, expect, it} from 'vitest';
import {readEvidence} from '../../src/core/evidence/read.ts';
import {answering, thrown} from './support/thrown.ts';
import {judge, RETRY_LATER, v2, v3Entry} from './support/call.ts';

describe('an error of the official SDK', () => {
  interface SdkUtil {
    handleError(answer: {body: unknown; headers: object; res: {status: number}}): never;
  }
  const require = createRequire(import.meta.url);
  const sdk = require('smartcar/lib/util.js') as SdkUtil;
  const SdkError = require('smartcar/lib/smartcar-error.js') as new (
    status: number,
    body: unknown,
    headers: object,
  ) => Error;

  const JSON_TYPE = {'content-type': 'application/json'};

  /** What the SDK throws for an answer: made by the SDK itself. */
  function sdkError(status: number, body: unknown, headers: object = {}): unknown {
    try {
      return sdk.handleError({body, headers: {...JSON_TYPE, ...headers}, res: {status}});
    } catch (error) {
      return error;
    }
  }

  it('is read like the v2 body that it copies', () => {
    const error = sdkError(429, v2('RATE_LIMIT', 'VEHICLE', 429, RETRY_LATER), {'retry-after': '120'});
    expect(readEvidence(error)).toEqual([
      {
        api: '2.0',
        type: 'RATE_LIMIT',
        code: 'VEHICLE',
        status: 429,
        resolution: {type: 'RETRY_LATER'},
        retryAfter: '120',
        requestId: 'req-1',
        description: 'words',
      },
    ]);
  });

  it('has no code and no resolution where the body had null', () => {
    const error = sdkError(401, v2('AUTHENTICATION', null, 401));
    const expected = {
      api: '2.0',
      type: 'AUTHENTICATION',
      status: 401,
      requestId: 'req-1',
      description: 'words',
    };
    expect(readEvidence(error)).toEqual([expected]);
  });

  it.each([
    ['a v3 body', {errors: [v3Entry('UPSTREAM', 'NO_RESPONSE', 502)]}, {}],
    ['a v3 body of another content type', {errors: []}, {'content-type': 'application/vnd.api+json'}],
    ['a body that is a text', 'sorry', {}],
    ['an empty body', '', {}],
    ['the HTML of a proxy', '<html>', {'content-type': 'text/html'}],
  ])('is read by its status alone where the SDK has lost %s', (_, body, headers) => {
    const error = sdkError(502, body, {'retry-after': '7', 'sc-request-id': 'req-2', ...headers});
    expect(readEvidence(error)).toEqual([{api: 'any', status: 502, retryAfter: '7', requestId: 'req-2'}]);
  });

  it('is read as OAuth where its type is an OAuth name', () => {
    const body = {error: 'invalid_grant', error_description: 'Invalid or expired refresh token.'};
    expect(readEvidence(sdkError(400, body))).toEqual([
      {api: 'oauth-v2', type: 'invalid_grant', status: 400, description: body.error_description},
    ]);
  });

  it('is read as v1 where its type is a v1 name', () => {
    const error = sdkError(409, {error: 'vehicle_state_error', message: 'asleep', code: 'VS_006'});
    expect(readEvidence(error)).toMatchObject([
      {api: '1.0', type: 'vehicle_state_error', code: 'VS_006', status: 409},
    ]);
  });

  it('never passes the outer 200 of a batch for the status of its item', () => {
    const item = {type: 'VEHICLE_STATE', code: 'ASLEEP'};
    const [evidence] = readEvidence(sdkError(200, item, {'retry-after': '60'}));
    expect(evidence).toMatchObject({part: true, type: 'VEHICLE_STATE', code: 'ASLEEP', retryAfter: '60'});
    expect(evidence).not.toHaveProperty('status');
  });

  it('never passes the outer 200 for a status where the item had no type either', () => {
    const [evidence] = readEvidence(sdkError(200, {message: 'sorry'}));
    expect(evidence).toEqual({api: 'any', part: true});
  });

  it('is known by its status, or by its name alone', () => {
    expect(readEvidence(Object.assign(new Error('x'), {statusCode: 503}))).toEqual([
      {api: 'any', status: 503},
    ]);
    const error = Object.assign(new Error('x'), {
      name: 'SmartcarError',
      type: 'UPSTREAM',
      code: 'NO_RESPONSE',
    });
    expect(readEvidence(error)).toMatchObject([{api: '2.0', type: 'UPSTREAM', code: 'NO_RESPONSE'}]);
  });

  it('of a timeout is read as 408: the server may go on', () => {
    const error = new SdkError(408, 'Request timed out', JSON_TYPE);
    expect(judge(error)).toMatchObject({action: 'retry', failure: {status: 408, effect: 'possible'}});
  });

  it('that is a plain TypeError, as for a batch item without headers, is a stranger', () => {
    const error = new TypeError("Cannot read properties of undefined (reading 'content-type')");
    expect(readEvidence(error)).toEqual([]);
    expect(judge(error)).toMatchObject({action: 'fail', reason: 'unrecognised', needs: 'developer'});
  });
});

const kyError = (make: () => Response): Promise<unknown> =>
  thrown(
    ky
      .create({fetch: answering(make), retry: 0})
      .get('https://api.smartcar.com/v2.0/vehicles')
      .json(),
  );

describe('an error of ky', () => {
  it.each(['application/json', 'application/vnd.api+json', 'text/plain'])(
    'is read by its body, sent as %s',
    async type => {
      const headers = {'content-type': type, 'retry-after': '120', 'sc-request-id': 'req-2'};
      const body = JSON.stringify({errors: [v3Entry('RATE_LIMIT', 'VEHICLE', 429, RETRY_LATER)]});
      expect(readEvidence(await kyError(() => new Response(body, {status: 429, headers})))).toEqual([
        {
          api: '3',
          type: 'RATE_LIMIT',
          code: 'VEHICLE',
          status: 429,
          resolution: {type: 'RETRY_LATER'},
          retryAfter: '120',
          requestId: 'req-2',
          description: 'more words',
        },
      ]);
    },
  );

  it.each(['', '<html>Bad Gateway</html>'])(
    'is read by its status alone where the body is "%s"',
    async body => {
      const error = await kyError(() => new Response(body, {status: 502, headers: {'retry-after': '3'}}));
      expect(readEvidence(error)).toEqual([{api: 'any', status: 502, retryAfter: '3'}]);
    },
  );
});

const axiosError = (data: unknown): Error =>
  Object.assign(new Error('Request failed with status code 409'), {
    name: 'AxiosError',
    code: 'ERR_BAD_REQUEST',
    status: 409,
    response: {
      status: 409,
      data,
      headers: {get: (name: string) => (name === 'retry-after' ? '5' : undefined)},
    },
  });

describe('an error of axios', () => {
  it.each([
    ['parsed', (body: object): unknown => body],
    ['as text', (body: object): unknown => JSON.stringify(body)],
  ])('is read by its body, %s', (_, form) => {
    const error = axiosError(form(v2('VEHICLE_STATE', 'ASLEEP', 409)));
    expect(readEvidence(error)).toMatchObject([
      {type: 'VEHICLE_STATE', code: 'ASLEEP', status: 409, retryAfter: '5'},
    ]);
  });

  it('is read by its status alone where there is no body', () => {
    expect(readEvidence(axiosError(undefined))).toEqual([{api: 'any', status: 409, retryAfter: '5'}]);
  });
});
