import {describe, expect, test} from 'vitest';
import {applicationToken, basic, postForm, refresh, sender, start, v2Owner, v3Owner} from './harness.ts';

describe('the v2 token endpoint', () => {
  test('gives a new pair, and the old access token lives on', async () => {
    const simulator = await start();
    const {send, tokens} = v2Owner(simulator);
    const {status, body, headers} = await refresh(simulator, tokens.refreshToken);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 7200,
      refresh_token: expect.any(String),
    });
    expect(body.access_token).not.toBe(tokens.accessToken);
    expect((await send('GET', '/v2.0/user')).status).toBe(200);
    const renewed = await send('GET', '/v2.0/user', undefined, {
      authorization: `Bearer ${body.access_token}`,
    });
    expect(renewed.status).toBe(200);
    expect(simulator.journal.map(entry => entry.token)).toEqual([1, 1, 2]);
  });

  test('a used refresh token works for another minute, giving another pair each time', async () => {
    const simulator = await start();
    const {tokens} = v2Owner(simulator);
    const first = await refresh(simulator, tokens.refreshToken);
    simulator.advance(59_999);
    const second = await refresh(simulator, tokens.refreshToken);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first.body.refresh_token);
    simulator.advance(1);
    expect(await refresh(simulator, tokens.refreshToken)).toMatchObject({
      status: 400,
      body: {error: 'invalid_grant', error_description: 'Invalid or expired refresh token.'},
    });
    expect((await refresh(simulator, first.body.refresh_token)).status).toBe(200);
  });

  test('a grace of 0 makes a refresh token single-use, even within a millisecond', async () => {
    const simulator = await start({tokens: {graceMs: 0}});
    const {tokens} = v2Owner(simulator);
    expect((await refresh(simulator, tokens.refreshToken)).status).toBe(200);
    expect((await refresh(simulator, tokens.refreshToken)).status).toBe(400);
  });

  test('strict: a late reuse ends the whole family', async () => {
    const simulator = await start({tokens: {graceMs: 0, revokeFamilyOnReuse: true}});
    const {owner, tokens} = v2Owner(simulator);
    const other = simulator.grant(owner.id);
    const {body} = await refresh(simulator, tokens.refreshToken);
    await refresh(simulator, tokens.refreshToken);
    expect((await refresh(simulator, body.refresh_token)).status).toBe(400);
    const send = sender(simulator, {authorization: `Bearer ${body.access_token}`});
    expect((await send('GET', '/v2.0/user')).status).toBe(401);
    expect((await refresh(simulator, other.refreshToken)).status).toBe(200);
  });

  test('can retire old access tokens, and call a dead token an invalid request', async () => {
    const simulator = await start({tokens: {keepOldAccessTokens: false, spentTokenError: 'invalid_request'}});
    const {send, tokens} = v2Owner(simulator);
    await refresh(simulator, tokens.refreshToken);
    expect((await send('GET', '/v2.0/user')).status).toBe(401);
    const dead = await refresh(simulator, 'never-issued');
    expect(dead).toMatchObject({status: 400, body: {error: 'invalid_request'}});
    expect(dead.body.error_description).toMatch(/^Invalid refresh_token: /);
  });

  test('can leave the refresh token out; the old one then stays good', async () => {
    const simulator = await start({tokens: {omitRefreshToken: true, graceMs: 0}});
    const {tokens} = v2Owner(simulator);
    expect((await refresh(simulator, tokens.refreshToken)).body).not.toHaveProperty('refresh_token');
    expect((await refresh(simulator, tokens.refreshToken)).status).toBe(200);
  });

  test('refresh tokens end after 60 days, not before', async () => {
    const simulator = await start();
    const {owner, tokens} = v2Owner(simulator);
    const other = simulator.grant(owner.id);
    simulator.advance(60 * 86_400_000 - 1);
    expect((await refresh(simulator, other.refreshToken)).status).toBe(200);
    simulator.advance(1);
    expect((await refresh(simulator, tokens.refreshToken)).status).toBe(400);
  });

  test('speaks the dialect of OAuth about bad requests', async () => {
    const simulator = await start();
    const {tokens} = v2Owner(simulator);
    const form = {grant_type: 'refresh_token', refresh_token: tokens.refreshToken};
    const wrong = {authorization: `Basic ${Buffer.from('client_simulator:wrong').toString('base64')}`};
    const errorOf = async (fields: Record<string, string>, headers: Record<string, string>) => {
      const {status, body} = await postForm(simulator, '/oauth/token', fields, headers);
      return [status, body.error];
    };
    expect(await errorOf(form, wrong)).toEqual([401, 'invalid_client']);
    expect(await errorOf(form, {})).toEqual([401, 'invalid_client']);
    expect(await errorOf({}, basic(simulator))).toEqual([400, 'invalid_request']);
    expect(await errorOf({grant_type: 'password'}, basic(simulator))).toEqual([
      400,
      'unsupported_grant_type',
    ]);
    expect(await errorOf({grant_type: 'refresh_token'}, basic(simulator))).toEqual([400, 'invalid_request']);
    expect(await errorOf({grant_type: 'authorization_code', code: 'x'}, basic(simulator))).toEqual([
      400,
      'invalid_grant',
    ]);
    expect((await sender(simulator, basic(simulator))('GET', '/oauth/token')).body.error).toBe(
      'invalid_request',
    );
  });

  test('no token, secret or code reaches the journal', async () => {
    const simulator = await start();
    const {tokens, vehicle, send} = v2Owner(simulator);
    const {body} = await refresh(simulator, tokens.refreshToken);
    await send('POST', `/v2.0/vehicles/${vehicle}/tesla/security/pin`, {pin: '1234'});
    await send('POST', `/v2.0/vehicles/${vehicle}/security?access_token=${tokens.accessToken}`, {
      action: 'LOCK',
    });
    const token = await applicationToken(simulator);
    const text = JSON.stringify(simulator.journal);
    const secrets = [
      ...Object.values(tokens).map(String),
      body.access_token,
      body.refresh_token,
      token,
      'simulator-secret',
      '1234',
    ];
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(simulator.journal[0]).toMatchObject({
      api: 'oauth',
      grantType: 'refresh_token',
      token: 1,
      status: 200,
    });
    expect(simulator.journal[2]).toMatchObject({body: {action: 'LOCK'}, effect: 'carried-out'});
  });
});

describe('both token endpoints', () => {
  test('tell a life in whole seconds, and never more than there is', async () => {
    const simulator = await start({tokens: {accessTtlMs: 1999, applicationTtlMs: 2500}});
    const {tokens} = v2Owner(simulator);
    const grant = {grant_type: 'client_credentials'};
    const application = await postForm(simulator, '/oauth2/token', grant, basic(simulator));
    const user = await refresh(simulator, tokens.refreshToken);
    expect([user.body.expires_in, application.body.expires_in]).toEqual([1, 2]);
  });

  test('take any of several secrets', async () => {
    const simulator = await start({clientSecret: 'new', moreClientSecrets: ['old', 'older']});
    const {tokens} = v2Owner(simulator);
    for (const [secret, status] of [
      ['new', 200],
      ['old', 200],
      ['older', 200],
      ['oldest', 401],
    ] as const) {
      const form = {grant_type: 'client_credentials', client_id: 'client_simulator', client_secret: secret};
      expect((await postForm(simulator, '/oauth2/token', form)).status).toBe(status);
      const header = {authorization: `Basic ${Buffer.from(`client_simulator:${secret}`).toString('base64')}`};
      const refreshForm = {grant_type: 'refresh_token', refresh_token: tokens.refreshToken};
      expect((await postForm(simulator, '/oauth/token', refreshForm, header)).status).toBe(status);
    }
  });

  test('answer a wrong Basic header with a challenge, and no other', async () => {
    const simulator = await start();
    const wrong = {authorization: `Basic ${Buffer.from('client_simulator:wrong').toString('base64')}`};
    for (const path of ['/oauth/token', '/oauth2/token']) {
      const answer = await postForm(simulator, path, {grant_type: 'client_credentials'}, wrong);
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        'Basic realm="Smartcar", charset="UTF-8"',
      ]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    const inBody = {grant_type: 'client_credentials', client_id: 'client_simulator', client_secret: 'x'};
    const answer = await postForm(simulator, '/oauth2/token', inBody);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, null]);
  });

  test('refuse secrets in the URL, repeated parameters and types they do not read', async () => {
    const simulator = await start();
    const {tokens} = v2Owner(simulator);
    const send = sender(simulator, basic(simulator));
    const paths = [
      '/oauth2/token?grant_type=client_credentials&client_id=client_simulator&client_secret=simulator-secret',
      `/oauth/token?refresh_token=${tokens.refreshToken}`,
    ];
    for (const path of paths) {
      const answer = await send('POST', path, {grant_type: 'client_credentials'});
      expect(answer).toMatchObject({status: 400, body: {error: 'invalid_request'}});
      expect(JSON.stringify(answer.body)).not.toMatch(new RegExp(`simulator-secret|${tokens.refreshToken}`));
    }
    const form = {'content-type': 'application/x-www-form-urlencoded'};
    const twice = `grant_type=refresh_token&refresh_token=x&refresh_token=${tokens.refreshToken}`;
    expect((await send('POST', '/oauth/token', twice, form)).body.error_description).toMatch(
      /^refresh_token /,
    );
    const text = {'content-type': 'text/plain'};
    expect((await send('POST', '/oauth2/token', {grant_type: 'client_credentials'}, text)).body.error).toBe(
      'invalid_request',
    );
    expect((await send('POST', '/oauth/token', {grant_type: 'refresh_token'})).body.error).toBe(
      'invalid_request',
    );
    expect(JSON.stringify(simulator.journal)).not.toContain(tokens.refreshToken);
  });
});

describe('the v3 token endpoint', () => {
  test('takes id and secret from a form, from JSON, or from the header', async () => {
    const simulator = await start();
    const id = {client_id: 'client_simulator', client_secret: 'simulator-secret'};
    const grant = {grant_type: 'client_credentials'};
    const answers = [
      await postForm(simulator, '/oauth2/token', {...grant, ...id}),
      await sender(simulator, {})('POST', '/oauth2/token', {...grant, ...id}),
      await postForm(simulator, '/oauth2/token', grant, basic(simulator)),
    ];
    for (const {status, body} of answers) {
      expect(status).toBe(200);
      expect(body).toEqual({access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600});
    }
    const wrong = await postForm(simulator, '/oauth2/token', {...grant, ...id, client_secret: 'x'});
    expect(wrong).toMatchObject({status: 401, body: {error: 'invalid_client'}});
    expect((await postForm(simulator, '/oauth2/token', id)).status).toBe(400);
    expect((await sender(simulator, {})('POST', '/oauth2/token', '{')).body.error).toBe('invalid_request');
  });
});

describe('expireAccessTokens', () => {
  test('of one owner leaves the others alone', async () => {
    const simulator = await start();
    const ada = v2Owner(simulator);
    const bob = v2Owner(simulator);
    simulator.expireAccessTokens(ada.owner.id);
    expect((await ada.send('GET', '/v2.0/user')).status).toBe(401);
    expect((await bob.send('GET', '/v2.0/user')).status).toBe(200);
    expect((await refresh(simulator, ada.tokens.refreshToken)).status).toBe(200);
  });

  test('of everybody includes the application', async () => {
    const simulator = await start();
    const {send} = await v3Owner(simulator);
    simulator.expireAccessTokens();
    expect((await send('GET', '/v3/connections')).status).toBe(401);
  });
});
