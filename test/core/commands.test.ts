import {describe, expect, it} from 'vitest';
import {judge, NOW, RETRY_LATER, v2} from './support/call.ts';

const upstream = v2('UPSTREAM', 'NO_RESPONSE', 502, RETRY_LATER);
const asleep = v2('VEHICLE_STATE', 'ASLEEP', 409);
const limited = v2('RATE_LIMIT', 'VEHICLE', 429, RETRY_LATER);

describe('a command', () => {
  const command = {command: true};

  it.each([
    ['a timeout', new DOMException('too slow', 'TimeoutError'), {}],
    [
      'a lost connection',
      new TypeError('fetch failed', {cause: Object.assign(new Error(), {code: 'ECONNRESET'})}),
      {},
    ],
    ['a 408', '', {status: 408}],
    ['a 500', '', {status: 500}],
    ['a 502 with RETRY_LATER', upstream, {}],
    ['a 503 of a proxy', '<html>', {status: 503}],
    ['a 504', '', {status: 504}],
    ['the limit of a maker', v2('UPSTREAM', 'RATE_LIMIT', 502, RETRY_LATER), {}],
    ['a new error with RETRY_LATER', {type: 'BRAND_NEW', ...RETRY_LATER}, {}],
  ])('is not sent again after %s: the car may already have obeyed', (_, subject, context) => {
    const decision = judge(subject, {context, state: command});
    expect(decision).toMatchObject({action: 'fail', reason: 'outcome-unknown', needs: 'developer'});
    expect(decision.failure.effect).toBe('possible');
    expect(decision).not.toHaveProperty('retryAt');
  });

  it('is sent again after a lost connection when the caller says that it does no harm', () => {
    expect(judge(upstream, {state: {command: true, idempotent: true}}).action).toBe('retry');
  });

  it.each([
    ['the car is asleep', asleep, {}],
    ['the limit of the car', limited, {}],
    ['a 429 without a type', '', {status: 429}],
    ['a connection that was never made', Object.assign(new Error(), {code: 'ECONNREFUSED'}), {}],
    ['a 4xx with RETRY_LATER', v2('BRAND_NEW', null, 409, RETRY_LATER), {}],
    ['a 501 with RETRY_LATER', v2('BRAND_NEW', null, 501, RETRY_LATER), {}],
  ])('is sent again when it was refused before it ran: %s', (_, subject, context) => {
    const decision = judge(subject, {context, state: command});
    expect(decision).toMatchObject({action: 'retry', failure: {effect: 'none'}});
  });

  it('is sent again with a new token', () => {
    expect(judge(v2('AUTHENTICATION', null, 401), {state: command}).action).toBe('refresh');
  });

  it('names the unknown outcome before any other limit', () => {
    const state = {command: true, replayable: false, retries: {UPSTREAM: 99}, maxWaitMs: 0, deadlineAt: NOW};
    expect(judge(upstream, {state}).reason).toBe('outcome-unknown');
  });
});
