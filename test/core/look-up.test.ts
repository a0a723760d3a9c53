import {describe, expect, it} from 'vitest';
import {lookUp, type Row} from '../../src/core/catalogue/catalogue.ts';
import type {Evidence} from '../../src/core/evidence/evidence.ts';

type Found = [evidence: Evidence, row: Partial<Row>];

describe('a row is found', () => {
  it.each<Found>([
    [
      {api: '2.0', type: 'UPSTREAM', code: 'RATE_LIMIT', status: 502},
      {api: '2.0', code: 'RATE_LIMIT'},
    ],
    [
      {api: '3', type: 'AUTHENTICATION', code: 'UNAUTHORIZED', status: 401},
      {api: '3', action: 'refresh'},
    ],
    [
      {api: '3-signal', type: 'PERMISSION', status: 403},
      {api: '3-signal', scope: 'call'},
    ],
    [
      {api: '3-openapi', code: 'forbidden', status: 403},
      {api: '3-openapi', code: 'forbidden'},
    ],
    [
      {api: 'network', code: 'ECONNREFUSED'},
      {api: 'network', code: 'ECONNREFUSED'},
    ],
  ])('in its own dialect: %o', (evidence, row) => {
    expect(lookUp(evidence)).toMatchObject(row);
  });

  it.each<Found>([
    [
      {api: 'webhook-4.0', type: 'UPSTREAM', code: 'RATE_LIMIT'},
      {api: '2.0', scope: 'vehicle'},
    ],
    [
      {api: 'webhook-4.0', type: 'UPSTREAM', code: 'RATE_LIMIT', status: 502},
      {api: '2.0', scope: 'vehicle'},
    ],
    [
      {api: '2.0', type: 'AUTHENTICATION', code: 'UNAUTHORIZED'},
      {api: '3', action: 'refresh'},
    ],
    [
      {api: '3', type: 'monthly_limit_exceeded'},
      {api: '1.0', status: 430},
    ],
  ])('in another dialect, where its own has none: %o', (evidence, row) => {
    expect(lookUp(evidence)).toMatchObject(row);
  });

  it.each<Found>([
    [
      {api: '3', type: 'AUTHENTICATION', status: 403},
      {api: 'any', status: 403, action: 'fail'},
    ],
    [
      {api: '2.0', type: 'UPSTREAM', code: 'NEW', status: 502},
      {api: 'any', type: 'UPSTREAM', code: '*'},
    ],
    [
      {api: '2.0', type: 'UPSTREAM', code: 'NEW', status: 400},
      {api: 'any', type: 'UPSTREAM', code: '*'},
    ],
  ])('by its type: %o', (evidence, row) => {
    expect(lookUp(evidence)).toMatchObject(row);
  });

  it.each<Found>([
    [
      {api: '1.0', type: 'monthly_limit_exceeded', code: 'NEW', status: 430},
      {type: 'monthly_limit_exceeded'},
    ],
    [{api: 'oauth-v2', type: 'invalid_grant', code: 'NEW', status: 400}, {type: 'invalid_grant'}],
    [
      {api: 'oauth-v2', type: 'brand_new', code: 'NEW', status: 400},
      {api: 'any', type: null, status: 400},
    ],
    [
      {api: '1.0', type: 'brand_new', code: 'NEW', status: 404},
      {api: 'any', type: null, status: 404},
    ],
  ])('by the name of an older dialect, whatever its code: %o', (evidence, row) => {
    expect(lookUp(evidence)).toMatchObject(row);
  });

  it.each<Found>([
    [
      {api: '2.0', status: 504},
      {api: 'any', type: null, status: 504},
    ],
    [
      {api: '3', status: 504},
      {api: '3', type: null, status: 504},
    ],
    [
      {api: '2.0', type: 'BRAND_NEW', status: 409},
      {api: 'any', type: null, status: 409},
    ],
    [{api: 'any', code: 'NEW', status: 400}, {status: 400}],
    [
      {api: 'any', status: 418},
      {status: 400, action: 'fail'},
    ],
    [
      {api: 'any', status: 499},
      {status: 400, action: 'fail'},
    ],
    [
      {api: 'any', status: 520},
      {status: 500, action: 'retry'},
    ],
    [{api: 'network'}, {api: 'network', action: 'retry', effect: 'possible'}],
    [
      {api: 'network', code: 'EPROTO'},
      {api: 'network', action: 'retry', effect: 'possible'},
    ],
  ])('by its status alone: %o', (evidence, row) => {
    expect(lookUp(evidence)).toMatchObject(row);
  });

  it.each<Evidence>([{api: 'any'}, {api: 'any', status: 302}, {api: '2.0', type: 'BRAND_NEW', status: 200}])(
    'for no success and for no stranger: %o',
    evidence => {
      expect(lookUp(evidence)).toBeUndefined();
    },
  );
});

describe('a token endpoint', () => {
  it.each([408, 500, 503])('that answers %d is down, whatever its body says', status => {
    for (const api of ['oauth-v2', 'oauth-v3'] as const) {
      const row = {api, type: null, status: 500, action: 'retry'};
      expect(lookUp({api, type: 'invalid_grant', status})).toMatchObject(row);
      expect(lookUp({api, status})).toMatchObject(row);
    }
  });

  it.each(['oauth-v2', 'oauth-v3'] as const)('that answers 429 is busy, whatever its body says: %s', api => {
    const row = {api: 'oauth-v2', type: null, status: 429, action: 'retry'};
    expect(lookUp({api, type: 'invalid_grant', status: 429})).toMatchObject(row);
    expect(lookUp({api, status: 429})).toMatchObject(row);
  });

  it.each<Evidence>([{api: 'oauth-v2'}, {api: 'oauth-v2', code: 'TimeoutError'}])(
    'that gives no answer is down: %o',
    evidence => {
      expect(lookUp(evidence)).toMatchObject({api: 'oauth-v2', type: null, status: 500});
    },
  );

  it.each<Found>([
    [
      {api: 'oauth-v2', status: 401},
      {type: 'invalid_client', action: 'fail'},
    ],
    [
      {api: 'oauth-v3', status: 401},
      {type: 'invalid_client', action: 'fail'},
    ],
    [
      {api: 'oauth-v3', status: 404},
      {api: 'any', type: null, status: 404},
    ],
    [
      {api: 'any', status: 401},
      {api: 'any', action: 'refresh'},
    ],
  ])('is read by its status else: %o', (evidence, row) => {
    expect(lookUp(evidence)).toMatchObject(row);
  });
});
