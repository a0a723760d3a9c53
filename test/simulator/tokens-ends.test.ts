import {describe, expect, test} from 'vitest';
import {applicationToken, basic, postForm, refresh, sender, start, v2Owner} from './harness.ts';

/** A code, as Connect makes one for a program. */
async function codeOf(simulator: Awaited<ReturnType<typeof start>>): Promise<string> {
  const link = `${simulator.origin}/oauth/authorize?response_type=code&client_id=client_simulator&redirect_uri=https%3A%2F%2Fa.example%2Fback`;
  const redirect = await fetch(link, {redirect: 'manual'});
  return new URL(redirect.headers.get('location') ?? '').searchParams.get('code') ?? '';
}

function exchange(simulator: Awaited<ReturnType<typeof start>>, code: string, redirectUri?: string) {
  return postForm(
    simulator,
    '/oauth/token',
    {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri ?? 'https://a.example/back',
    },
    basic(simulator),
  );
}

describe('an authorization code', () => {
  test('works once, within ten minutes, for its own redirect', async () => {
    const simulator = await start();
    simulator.addOwner();
    const first = await codeOf(simulator);
    simulator.advance(599_999);
    expect((await exchange(simulator, first)).status).toBe(200);
    expect((await exchange(simulator, first)).body.error).toBe('invalid_grant');
    const late = await codeOf(simulator);
    simulator.advance(600_000);
    expect((await exchange(simulator, late)).body.error).toBe('invalid_grant');
    const elsewhere = await codeOf(simulator);
    expect((await exchange(simulator, elsewhere, 'https://b.example')).body.error).toBe('invalid_grant');
    expect((await exchange(simulator, elsewhere)).body.error).toBe('invalid_grant');
  });

  test.each([
    [true, 401, 400],
    [false, 200, 200],
  ])('used again, strictly (%s), ends what came of it', async (revokeFamilyOnReuse, read, refreshed) => {
    const simulator = await start({tokens: {revokeFamilyOnReuse}});
    const {owner} = v2Owner(simulator);
    const other = simulator.grant(owner.id);
    const code = await codeOf(simulator);
    const {body} = await exchange(simulator, code);
    expect((await exchange(simulator, code)).status).toBe(400);
    const send = sender(simulator, {authorization: `Bearer ${body.access_token}`});
    expect((await send('GET', '/v2.0/user')).status).toBe(read);
    expect((await refresh(simulator, body.refresh_token)).status).toBe(refreshed);
    expect((await refresh(simulator, other.refreshToken)).status).toBe(200);
  });
});

describe('a clock that is set back', () => {
  test('brings back no token that was expired by hand, retired or used up', async () => {
    const simulator = await start({tokens: {graceMs: 0, keepOldAccessTokens: false}});
    const {owner, send, tokens} = v2Owner(simulator);
    const other = v2Owner(simulator);
    const {body} = await refresh(simulator, tokens.refreshToken);
    simulator.expireAccessTokens(other.owner.id);
    simulator.jump(-3_600_000);
    expect((await send('GET', '/v2.0/user')).status).toBe(401);
    expect((await other.send('GET', '/v2.0/user')).status).toBe(401);
    expect((await refresh(simulator, tokens.refreshToken)).status).toBe(400);
    expect((await refresh(simulator, body.refresh_token)).status).toBe(200);
    const application = await applicationToken(simulator);
    simulator.expireAccessTokens();
    simulator.jump(-3_600_000);
    const v3 = sender(simulator, {authorization: `Bearer ${application}`});
    expect((await v3('GET', '/v3/connections')).status).toBe(401);
    expect(simulator.grant(owner.id).accessToken).not.toBe(tokens.accessToken);
  });

  test('neither lengthens nor shortens the grace of a used refresh token', async () => {
    const simulator = await start();
    const {tokens} = v2Owner(simulator);
    await refresh(simulator, tokens.refreshToken);
    simulator.advance(30_000);
    expect((await refresh(simulator, tokens.refreshToken)).status).toBe(200);
    simulator.jump(-3_600_000);
    expect((await refresh(simulator, tokens.refreshToken)).status).toBe(200);
    simulator.advance(29_999);
    expect((await refresh(simulator, tokens.refreshToken)).status).toBe(200);
    simulator.advance(1);
    expect((await refresh(simulator, tokens.refreshToken)).status).toBe(400);
  });

  test.each([
    ['before', 120_000, 0],
    ['after', 0, 120_000],
  ])('lengthens no grace that ended %s it, with nobody looking', async (_when, before, after) => {
    const simulator = await start();
    const {tokens} = v2Owner(simulator);
    await refresh(simulator, tokens.refreshToken);
    simulator.advance(before);
    simulator.jump(-86_400_000);
    simulator.advance(after);
    expect((await refresh(simulator, tokens.refreshToken)).status).toBe(400);
  });

  test('brings back nothing that a reuse has ended, nor does a restored grant', async () => {
    const simulator = await start({tokens: {graceMs: 0, revokeFamilyOnReuse: true}});
    const {owner, tokens} = v2Owner(simulator);
    const {body} = await refresh(simulator, tokens.refreshToken);
    await refresh(simulator, tokens.refreshToken);
    simulator.jump(-60_000);
    simulator.revoke({owner: owner.id, how: 'grant'});
    simulator.restore({owner: owner.id, how: 'grant'});
    expect((await refresh(simulator, body.refresh_token)).status).toBe(400);
  });
});

test('a grant after a revoked one works, and the revoked one stays dead until it is restored', async () => {
  const simulator = await start();
  const {owner, tokens} = v2Owner(simulator);
  simulator.revoke({owner: owner.id, how: 'grant'});
  const later = simulator.grant(owner.id);
  expect((await refresh(simulator, later.refreshToken)).status).toBe(200);
  expect((await refresh(simulator, tokens.refreshToken)).status).toBe(400);
  simulator.restore({owner: owner.id, how: 'grant'});
  expect((await refresh(simulator, tokens.refreshToken)).status).toBe(200);
});

test('a code whose owner withdraws the grant before the exchange is dead', async () => {
  const simulator = await start();
  const owner = simulator.addOwner();
  const code = await codeOf(simulator);
  simulator.revoke({owner: owner.id, how: 'grant'});
  expect(await exchange(simulator, code)).toMatchObject({
    status: 400,
    body: {error: 'invalid_grant'},
  });
});
