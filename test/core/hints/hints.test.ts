import * as fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {CATALOGUE} from '../../../src/core/catalogue/catalogue.ts';
import {requestFacts} from '../../../src/core/endpoints.ts';
import type {HintFacts} from '../../../src/core/hints/facts.ts';
import {hints} from '../../../src/core/hints/hints.ts';
import {REASONS, type Reason} from '../../../src/core/reasons.ts';
import {judge, NOW} from '../support/call.ts';
import {nameOf, DOCUMENTED} from '../support/table.ts';
import {envelopes} from '../support/wire.ts';
import {asked, CAR, facts, ours, V2, v2Failure} from './facts.ts';

describe('hints for the developer', () => {
  it('say why, what the server said, what stands in the call, and what to quote, in this order', () => {
    const failure = {
      ...v2Failure('SERVER', 'RECORD_NOT_FOUND', 500),
      description: 'words',
      requestId: 'req-1',
    };
    expect(hints(facts({reason: 'server-says-support', needs: 'support', failure}))).toEqual([
      REASONS['server-says-support'],
      'Smartcar says: words',
      expect.stringContaining('records'),
      "Quote request req-1 to Smartcar's support.",
    ]);
  });

  it('begin with what is most particular to the call, and are six at most', () => {
    const known = facts({
      reason: 'token-rejected',
      failure: {...v2Failure('AUTHENTICATION', undefined, 401), description: 'words'},
      ...asked('GET', `https://vehicle.api.smartcar.com/v3/vehicles/${CAR}/signals`),
      ...ours('2'),
      tokenExpiresAt: NOW + 60_000,
    });
    const all = hints(known);
    expect(all).toHaveLength(6);
    expect(all[2]).toMatch(/`userTokens`.*v3/);
    expect(all[3]).toMatch(/another 60 s/);
    // What to quote has its place among them.
    const failure = {...known.failure, requestId: 'req-1'};
    const quoting = hints({...known, failure, needs: 'support'});
    expect(quoting).toEqual([...all.slice(0, 5), "Quote request req-1 to Smartcar's support."]);
  });

  it('name who speaks, and quote nothing to nobody', () => {
    const words = {description: 'fetch \u001B[31mfailed', requestId: 'req-1'};
    const known = hints(facts({reason: 'unrecognised', needs: 'developer', failure: words}));
    expect(known).toEqual([REASONS.unrecognised, 'It says: fetch failed']);
    expect(hints(facts({reason: 'unrecognised', needs: 'support'}))).toEqual([REASONS.unrecognised]);
  });

  it('say a thing once, although two of them know it', () => {
    const all = hints(
      facts({
        failure: v2Failure('RESOURCE_NOT_FOUND', 'PATH', 404),
        ...asked('POST', `${V2}/vehicles/${CAR}/odometer`),
      }),
    );
    expect(all).toEqual([REASONS['request-invalid'], expect.stringContaining('takes `GET`')]);
  });

  // The reason alone helps nobody who has to act.
  const acting = CATALOGUE.filter(({needs, ifPersists}) =>
    [needs, ifPersists].some(who => who === 'developer' || who === 'support' || who === 'finance'),
  );
  it.each(acting.map(row => [nameOf({...row, type: row.type, code: row.code}), row] as const))(
    'say more than the reason of %s',
    (_, {api, type, code, status, scope, effect, needs, ifPersists}) => {
      const named = code === '*' ? 'NEVER_SEEN_BEFORE' : code;
      const connect = api === 'connect';
      const known = facts({
        reason: connect ? 'connect-refused' : 'retries-spent',
        needs: ifPersists ?? needs,
        ...(api.startsWith('oauth') && {oauth: true}),
        failure: {
          scope,
          effect,
          ...(type !== null && {type}),
          ...(named !== null && {code: named}),
          ...(status !== null && {status}),
        },
      });
      expect(hints(known).length).toBeGreaterThan(1);
    },
  );

  it.each(DOCUMENTED.map(row => [nameOf(row), row] as const))(
    'are short sentences without gaps after %s',
    (_, row) => {
      const {subject, context} = envelopes(row)[0]!;
      const {reason, needs, failure} = judge(subject, {context});
      const all = hints(
        facts({reason, needs, failure, ...asked('POST', `${V2}/vehicles/${CAR}/charge/limit`)}),
      );
      for (const line of all) {
        if (/^(Smartcar|It) says: /.test(line)) continue;
        expect(line).toMatch(/^([A-Z`]|v[23] ).*\.$/s);
        expect(line).not.toMatch(/\bundefined\b(?!`)|\[object|NaN|``/);
        expect(line.length).toBeLessThan(300);
      }
    },
  );
});

const text = fc.oneof(
  fc.string({unit: 'grapheme', maxLength: 60}),
  fc.constantFrom(
    'VALIDATION',
    'AUTHENTICATION',
    'PERMISSION',
    'RESOURCE_NOT_FOUND',
    'RATE_LIMIT',
    'invalid_client',
    'invalid_grant',
  ),
  fc.constantFrom(...CATALOGUE.flatMap(({type, code}) => [type, code]).filter(word => word !== null)),
);
const method = fc.constantFrom('GET', 'POST', 'HEAD', 'DELETE', 'PUT', 'constructor');
const path = fc.oneof(
  text,
  fc
    .tuple(
      fc.constantFrom('v1.0', 'v2.0', 'v3', '2.0', '', 'constructor'),
      text,
      fc.constantFrom('odometr', 'signals/x', 'charge/limit', 'TESLA/x', '//'),
    )
    .map(([version, id, below]) => `/${version}/vehicles/${id}/${below}`),
);
const request = fc.tuple(method, path).map(([verb, at]) => requestFacts(verb, at));

const anything: fc.Arbitrary<HintFacts> = fc.record(
  {
    reason: fc.constantFrom(...(Object.keys(REASONS) as Reason[])),
    needs: fc.constantFrom('nobody', 'owner', 'developer', 'support', 'finance'),
    failure: fc.record(
      {
        type: text,
        code: text,
        status: fc.constantFrom(200, 400, 401, 403, 404, 405, 409, 429, 430, 500, 501, 502, 504),
        description: text,
        requestId: text,
        resolution: fc.record({type: fc.option(text)}),
        detail: fc.array(fc.record({field: text, message: text}), {maxLength: 4}),
        scope: fc.constantFrom('call', 'permission', 'vehicle', 'user', 'application'),
        effect: fc.constantFrom('none', 'possible'),
      },
      {requiredKeys: ['scope', 'effect']},
    ),
    oauth: fc.boolean(),
    endpoint: fc.record({permission: text, phrase: text}, {requiredKeys: ['phrase']}),
    operation: text,
    vehicle: text,
    request,
    sent: fc.record(
      {
        method,
        url: fc.oneof(
          text,
          path.map(at => `https://api.smartcar.com${at}`),
        ),
        host: fc.constantFrom('api', 'apiV3', 'auth', 'authV3', 'connect', 'management', 'elsewhere'),
        contentType: text,
        scheme: text,
        bare: fc.boolean(),
        flaw: fc.constantFrom('nothing', 'undefined', 'null', 'object', 'twice', 'quotes'),
        body: fc.constantFrom('none', 'json', 'form', 'other', 'unread'),
        fields: fc.array(text, {maxLength: 5}),
        hasUserId: fc.boolean(),
      },
      {requiredKeys: ['method']},
    ),
    auth: fc.record(
      {
        version: fc.constantFrom('2', '3'),
        clientId: text,
        applicationId: text,
        redirectUri: text,
        byPolicy: fc.boolean(),
      },
      {requiredKeys: ['version', 'byPolicy']},
    ),
    tokenExpiresAt: fc.double(),
    scope: fc.array(text, {maxLength: 4}),
    mode: fc.constantFrom('live', 'simulated', 'test'),
    gate: fc.record({key: text, until: fc.double(), waiting: fc.integer()}, {requiredKeys: ['key', 'until']}),
    retryAt: fc.double(),
    now: fc.double(),
    nearest: fc.constant(facts().nearest),
  },
  {requiredKeys: ['reason', 'needs', 'failure', 'now', 'nearest']},
) as fc.Arbitrary<HintFacts>;

describe('hints about anything at all', () => {
  it('never throw, never repeat a line, never are more than six', () => {
    fc.assert(
      fc.property(anything, known => {
        const all = hints(known);
        expect(new Set(all).size).toBe(all.length);
        expect(all.length).toBeLessThanOrEqual(6);
        expect(all.every(line => typeof line === 'string' && line !== '')).toBe(true);
      }),
      {numRuns: 2_000},
    );
  });

  it('never hold a client id, nor a scheme that is none', () => {
    const secret = 'canary-4711-secret';
    fc.assert(
      fc.property(anything, known => {
        const auth = {version: '3', byPolicy: false, ...known.auth, clientId: secret} as const;
        const sent = {method: 'POST', ...known.sent, scheme: secret, fields: [secret]};
        expect(hints({...known, auth, sent}).join('\n')).not.toContain(secret);
      }),
      {numRuns: 500},
    );
  });
});
