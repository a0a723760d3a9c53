import {describe, expect, it} from 'vitest';
import {CATALOGUE, docUrl} from '../../src/core/catalogue/catalogue.ts';
import {judge} from './support/call.ts';

describe('docUrl', () => {
  it.each([
    [{api: '2.0', type: 'VEHICLE_STATE'}, '/errors/api-errors/vehicle-state-errors'],
    [{api: '3', type: 'UPSTREAM'}, '/errors/api-errors/v3/upstream-errors'],
    [{api: '3', type: 'VEHICLE_STATE'}, '/errors/api-errors/vehicle-state-errors'],
    [{api: '3-signal', type: 'PERMISSION'}, '/api-reference/get-signal'],
    [{api: 'webhook-4.0', type: 'PERMISSION'}, '/api-reference/webhooks/events/vehicle-error'],
    [{api: 'connect', type: 'access_denied'}, '/errors/connect-errors'],
    [{api: 'oauth-v3', type: 'invalid_client'}, '/guides/error-handling'],
    [{api: '2.0', type: 'BRAND_NEW'}, '/api-reference/api-errors'],
    [{api: 'any', status: 502}, '/api-reference/api-errors'],
    [{api: 'network'}, '/api-reference/api-errors'],
    [{api: '2.0', type: 'UPSTREAM'}, '/errors/api-errors/upstream-errors'],
    [{api: '3-openapi', status: 404}, '/api-reference/get-signal'],
    [{api: 'any', type: 'UPSTREAM'}, '/errors/api-errors/upstream-errors'],
  ] as const)('finds the page about %o', (evidence, path) => {
    expect(docUrl(evidence)).toBe(`https://smartcar.com/docs${path}`);
  });

  it('names a page for every row of the catalogue', () => {
    for (const {api, type, status} of CATALOGUE) {
      const evidence = {api, ...(type !== null && {type}), ...(status !== null && {status})};
      expect(docUrl(evidence)).toMatch(/^https:\/\/smartcar\.com\/docs\//);
    }
  });

  it("names no page for a stranger's error", () => {
    expect(docUrl({api: 'any'})).toBeUndefined();
  });
});

describe('a decision', () => {
  it('names the page about its failure, where there is one', () => {
    expect(judge({type: 'UPSTREAM', statusCode: 502}).docUrl).toMatch(/upstream-errors$/);
    expect(judge(new Error('a mistake of the caller'))).not.toHaveProperty('docUrl');
  });
});
