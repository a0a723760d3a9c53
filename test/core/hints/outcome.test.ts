import {describe, expect, it} from 'vitest';
import {network} from '../../../src/core/hints/network.ts';
import {outcome} from '../../../src/core/hints/outcome.ts';
import {server, untyped} from '../../../src/core/hints/server.ts';
import {newResolution, tellMore} from '../../../src/core/hints/unsaid.ts';
import {asked, CAR, facts, ours, saying, V2, v2Failure, V3} from './facts.ts';

const reason = 'outcome-unknown';

describe('a command whose outcome is unknown', () => {
  it.each([
    ['POST', `${V2}/vehicles/${CAR}/security`, `the lock state (\`GET /v2.0/vehicles/${CAR}/security\`)`],
    [
      'POST',
      `${V3}/vehicles/${CAR}/commands/security/lock`,
      `(\`GET /v3/vehicles/${CAR}/signals/closure-…\`)`,
    ],
    ['POST', `${V2}/vehicles/${CAR}/charge`, `the charging state (\`GET /v2.0/vehicles/${CAR}/charge\`)`],
    ['POST', `${V2}/vehicles/${CAR}/charge/limit`, `(\`GET /v2.0/vehicles/${CAR}/charge/limit\`)`],
    ['POST', `${V3}/vehicles/${CAR}/commands/charge/start`, `(\`GET /v3/vehicles/${CAR}/signals/charge-…\`)`],
    ['POST', `${V2}/vehicles/${CAR}/navigation/destination`, 'no endpoint tells the destination'],
    ['POST', `${V3}/vehicles/${CAR}/charge-schedules/daily`, 'no endpoint tells the charge schedule'],
    ['DELETE', `${V2}/vehicles/${CAR}/application`, 'see whether the list of vehicles'],
    ['POST', `${V2}/vehicles/${CAR}/tesla/brand_new`, 'read the state of the car'],
    ['POST', `${V2}/charge/limit`, 'read the charge limit (`GET /v2.0/vehicles/{id}/charge/limit`)'],
  ])('is read off the car after %s %s', (method, url, expected) => {
    const [first = ''] = outcome(facts({reason, ...asked(method, url)}));
    expect(first).toContain(expected);
    expect(first).toMatch(/^Whether it was carried out is not known/);
  });

  it.each([
    ['unlock', /Do not call an unlock `idempotent`/],
    ['lock', /say `idempotent: true`/],
    ['setChargeLimit', /say `idempotent: true`/],
    ['sendDestination', undefined],
  ])('%s is or is not to be repeated', (operation, expected) => {
    expect(outcome(facts({reason, operation}))[1]).toEqual(saying(expected)[0]);
  });

  it.each([
    ['disconnect', {operation: 'disconnect'}],
    ['DELETE', asked('DELETE', `${V3}/connections/${CAR}`)],
  ])('is looked for in the list, and nothing is repeated: %s', (_, known) => {
    expect(outcome(facts({reason, ...known}))).toEqual([expect.stringContaining('see whether the list')]);
  });

  it('is no matter where nobody says that it was a command', () => {
    const ended = {reason: 'retries-spent', failure: {effect: 'possible'}, operation: 'lock'} as const;
    expect(outcome(facts(ended))).toEqual([]);
    expect(outcome(facts({...ended, command: true}))).not.toEqual([]);
  });

  it('is told after any end of a command that may have run, and after no read', () => {
    const possible = {effect: 'possible', status: 502} as const;
    const timedOut = facts({
      reason: 'past-deadline',
      failure: possible,
      ...asked('POST', `${V2}/vehicles/${CAR}/security`),
    });
    expect(outcome(timedOut)).not.toEqual([]);
    expect(
      outcome(
        facts({reason: 'retries-spent', failure: possible, ...asked('GET', `${V2}/vehicles/${CAR}/vin`)}),
      ),
    ).toEqual([]);
    expect(
      outcome(facts({reason: 'retries-spent', ...asked('POST', `${V2}/vehicles/${CAR}/security`)})),
    ).toEqual([]);
  });
});

describe('a body without a type', () => {
  it.each([
    [
      'of a proxy',
      {failure: {status: 502}, ...asked('GET', `${V2}/vehicles`)},
      /502 has no error type and no request id: a proxy/,
    ],
    [
      "of Smartcar's",
      {failure: {status: 502, requestId: 'r'}, ...asked('GET', `${V2}/vehicles`)},
      /Smartcar's request id/,
    ],
    ['of the SDK on v3', {failure: {status: 409}, ...ours('3')}, /`SDK_ERROR`.*the fetch door/],
    ['of the SDK, with an id', {failure: {status: 409, requestId: 'r'}}, /`SDK_ERROR`.*the fetch door/],
    ['of nobody known', {failure: {status: 409}}, /no request id: a proxy/],
  ])('%s', (_, known, expected) => {
    expect(untyped(facts(known))).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    ['a type', {failure: v2Failure('UPSTREAM', undefined, 502)}],
    ['a code', {failure: {code: 'bad_request', status: 400}}],
    ['no status', {failure: {}}],
    ['the token endpoint', {failure: {status: 502}, oauth: true}],
  ])('is not seen with %s', (_, known) => {
    expect(untyped(facts(known))).toEqual([]);
  });
});

describe("a fault of Smartcar's or the maker's", () => {
  const signals = asked('GET', `${V3}/vehicles/${CAR}/signals`);
  it.each([
    [v2Failure('SERVER', 'RECORD_NOT_FOUND', 500), {}, /battery capacity/],
    [v2Failure('SERVER', 'BRAND_NEW', 500), {}, /at Smartcar/],
    [v2Failure('UPSTREAM', 'NO_RESPONSE', 502), {}, /maker's server/],
    [v2Failure('UPSTREAM', 'RATE_LIMIT', 502), {}, undefined],
    [{status: 504}, signals, /v3 answers 504/],
    [{status: 504}, {}, undefined],
    [{status: 503}, signals, undefined],
    [v2Failure('BRAND_NEW', undefined, 504), signals, undefined],
    [v2Failure('UPSTREAM', 'BRAND_NEW', 502), {}, /behind Smartcar, at the car's maker/],
    [v2Failure('UPSTREAM'), {}, /behind Smartcar, at the car's maker/],
    [v2Failure('VALIDATION'), {}, undefined],
  ])('%j %#', (failure, known, expected) => {
    expect(server(facts({failure, ...known}))).toEqual(saying(expected));
  });
});

describe('no answer', () => {
  const sent = asked('GET', `${V2}/vehicles`);
  it.each([
    [
      'connection-never-made',
      {code: 'ENOTFOUND'},
      sent,
      /`ENOTFOUND` for `https:\/\/api\.smartcar\.com`: the name of the host is not known/,
    ],
    ['retries-spent', {code: 'ECONNREFUSED'}, {oauth: true}, /for the token endpoint: nothing listens there/],
    ['timed-out', {code: 'TimeoutError'}, {}, /`attemptTimeoutMs` below 310000/],
    ['timed-out', {status: 408}, {}, /`attemptTimeoutMs` below 310000/],
    ['retries-spent', {code: 'TimeoutError'}, {}, /`attemptTimeoutMs` below 310000/],
    ['retries-spent', {code: 'EPIPE'}, {}, /to Smartcar broke off \(`EPIPE`\)/],
    ['retries-spent', {code: 'UND_ERR_SOCKET'}, {oauth: true}, /to the token endpoint broke off/],
    ['retries-spent', {code: 'NO_ECONNRESET'}, {}, undefined],
    ['retries-spent', {type: 'UPSTREAM', code: 'ECONNRESET'}, {}, undefined],
    ['retries-spent', {status: 502, code: 'ECONNRESET'}, {}, undefined],
    ['connection-lost', {code: 'ECONNRESET'}, {}, /to Smartcar broke off \(`ECONNRESET`\)/],
    ['connection-lost', {}, {}, /broke off:/],
    ['unrecognised', {}, {}, undefined],
    ['retries-spent', {type: 'UPSTREAM', code: 'NO_RESPONSE'}, {}, undefined],
  ] as const)('%s %j', (why, failure, known, expected) => {
    expect(network(facts({reason: why, failure, ...known}))).toEqual(saying(expected));
  });
});

describe('what is not known', () => {
  it('is asked for where the cause stands in the request', () => {
    expect(tellMore(facts({failure: v2Failure('VALIDATION')}))).toHaveLength(1);
    expect(tellMore(facts({failure: v2Failure('VALIDATION'), ...asked('GET', `${V2}/vehicles`)}))).toEqual(
      [],
    );
    expect(tellMore(facts({failure: v2Failure('UPSTREAM')}))).toEqual([]);
    expect(tellMore(facts({failure: {status: 400}, oauth: true}))).toEqual([]);
  });

  it('is asked for where nothing but the URL is known, unless that is enough', () => {
    const partly = asked('GET', `${V2}/vehicles`, {partly: true});
    expect(tellMore(facts({failure: v2Failure('VALIDATION'), ...partly}))).toHaveLength(1);
    expect(tellMore(facts({failure: v2Failure('RESOURCE_NOT_FOUND'), ...partly}))).toEqual([]);
  });

  it('is named where it is a resolution', () => {
    const failure = {resolution: {type: 'BRAND_NEW'}};
    expect(newResolution(facts({reason: 'resolution-unknown', failure}))).toEqual([
      expect.stringContaining('`BRAND_NEW`'),
    ]);
    expect(newResolution(facts({failure}))).toEqual([]);
    expect(newResolution(facts({reason: 'resolution-unknown'}))).toEqual([]);
    expect(newResolution(facts({reason: 'resolution-unknown', failure: {resolution: {type: null}}}))).toEqual(
      [],
    );
  });
});
