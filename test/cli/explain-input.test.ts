import {describe, expect, it} from 'vitest';
import {exchangeFrom} from '../../src/cli/explain-log.ts';
import {type Given, questionFrom} from '../../src/cli/explain-question.ts';
import {explained, somewhere} from './explain-support.ts';

const url = 'https://api.smartcar.com/v2.0/vehicles/1234/odometer';
const error = {type: 'RATE_LIMIT', code: 'VEHICLE'};

const question = (text: string, given: Partial<Given> = {}): ReturnType<typeof questionFrom> =>
  questionFrom(text, {headers: new Headers(), requestHeaders: new Headers(), color: true, ...given}, 'it');

const read = {
  subject: error,
  context: {
    status: 429,
    headers: {'retry-after': '60'},
    request: {method: 'GET', url, headers: {accept: '*/*'}},
  },
};

describe('an exchange is read', () => {
  const request = {method: 'get', url, headers: {Accept: '*/*'}};
  const headers = {'Retry-After': '60'};
  it.each([
    ['as fetch names it', {request, response: {status: 429, headers, body: error}}],
    ['as Node names it', {request, response: {statusCode: 429, headers, body: JSON.stringify(error)}}],
    ['as axios names it', {config: request, response: {status: 429, headers, data: error}}],
    [
      'as a HAR has it',
      {
        request: {...request, headers: [{name: 'Accept', value: '*/*'}], bodySize: 0},
        response: {
          status: 429,
          headers: [{name: 'Retry-After', value: '60'}],
          content: {size: 9, mimeType: 'application/json', text: JSON.stringify(error)},
        },
      },
    ],
    [
      'as a HAR has bytes',
      {
        request,
        response: {
          status: 429,
          headers,
          content: {size: 9, encoding: 'base64', text: Buffer.from(JSON.stringify(error)).toString('base64')},
        },
      },
    ],
  ])('%s', (_, exchange) => {
    expect(question(JSON.stringify(exchange))).toEqual(read);
  });

  it('in a line of a log', () => {
    const exchange = {request, response: {status: 429, headers, body: error}};
    expect(question(JSON.stringify({level: 50, msg: 'failed', err: exchange}))).toEqual(read);
    expect(question(JSON.stringify({level: 'error', error})).subject).toEqual(error);
    expect(question('{"error": "validation_error"}').subject).toEqual({error: 'validation_error'});
  });

  it('where there is a response alone', () => {
    const {request: _request, ...context} = read.context;
    expect(question(JSON.stringify({status: 429, headers, body: error}))).toEqual({subject: error, context});
  });

  it.each(['\n', '\r\n'])('as curl -i prints it, the last answer of several', end => {
    const lines = ['HTTP/1.1 100 Continue', '', 'HTTP/2 429 ', 'retry-after: 60', '', JSON.stringify(error)];
    const {request: _request, ...context} = read.context;
    expect(question(lines.join(end))).toEqual({subject: error, context});
  });

  it('with a body that the log has cut: the status tells', () => {
    const {subject, context} = question(JSON.stringify({response: {status: 500, body: '{"type": "SER'}}));
    expect(subject).toBe('{"type": "SER');
    expect(context.status).toBe(500);
  });

  it.each([
    ['an error of v2', {type: 'VALIDATION', statusCode: 400, requestId: 'a'}],
    ['an error of the SDK', {name: 'SmartcarError', statusCode: 429, type: 'RATE_LIMIT', headers: {}}],
    ['one entry of v3', {status: '400', type: 'VALIDATION', links: {}, headers: {}}],
    ['an error of v3', {errors: [{status: '400', type: 'VALIDATION'}]}],
    ['a batch', {responses: [{path: '/vin', code: 200, body: {}}]}],
    ['null', null],
    ['a list', [1]],
  ])('and %s is none', (_, value) => {
    expect(exchangeFrom(value)).toBeUndefined();
  });
});

describe('flags', () => {
  it('win over what the input says, header by header', () => {
    const {context} = question(
      JSON.stringify({
        request: {method: 'GET', url, headers: {accept: '*/*', 'sc-user-id': 'old'}},
        response: {status: 200, headers: {'retry-after': '60', 'sc-request-id': 'a'}, body: error},
      }),
      {
        status: 409,
        method: 'POST',
        url: '/other',
        headers: new Headers({'Retry-After': '5'}),
        requestHeaders: new Headers({'sc-user-id': 'new'}),
        body: '{}',
      },
    );
    expect(context).toEqual({
      status: 409,
      headers: {'retry-after': '5', 'sc-request-id': 'a'},
      request: {method: 'POST', url: '/other', headers: {accept: '*/*', 'sc-user-id': 'new'}, body: '{}'},
    });
  });

  it('say nothing of a request where they are not given', () => {
    expect(question('{}').context).toEqual({headers: {}});
  });

  it('with a body and no method mean a POST, as curl has it', () => {
    expect(question('{}', {body: '{}'}).context.request).toEqual({method: 'POST', body: '{}'});
    expect(question('{}', {url}).context.request).toEqual({method: 'GET', url});
  });
});

describe('a redirect of Connect is explained', () => {
  const redirect = 'https://product.example/callback?error=access_denied&state=abc';
  it.each([
    ['from the input', [], somewhere(`${redirect}\n`)],
    ['from --url', ['--url', redirect], somewhere()],
  ])('%s', async (_, args, place) => {
    const {text, code} = await explained(args, place);
    expect(text).toMatch(/^access_denied\n/);
    expect(code).toBe(10);
  });
});

it('a text that begins with a mark of its byte order is read', () => {
  expect(question(`\uFEFF${JSON.stringify(error)}`).subject).toEqual(error);
});

it('a plain text is explained by its status, and JSON that is broken never', () => {
  expect(question('upstream connect error', {status: 503}).subject).toBe('upstream connect error');
  expect(() => question('{"type":', {status: 503})).toThrow('Expected it to be JSON');
});

it('an empty list of signals is said to have no subscription', async () => {
  const args = ['--url', 'https://vehicle.api.smartcar.com/v3/vehicles/1234/signals'];
  await expect(explained(args, somewhere('{"data": []}'))).rejects.toThrow(/no webhook subscription yet\.$/);
});

it.each([
  [['--status', '99']],
  [['--status', 'many']],
  [['--url', 'odometer']],
  [['--method', 'P0ST']],
  [['--locale', 'x_y']],
  [['--app', '']],
  [['--header', 'retry-after']],
  [['--header', 'retry after: 60']],
  [['one.json', 'two.json']],
  [[]],
])('%j is refused', async args => {
  await expect(explained(args)).rejects.toMatchObject({name: 'CommanderError'});
});
