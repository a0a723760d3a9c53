import {expect, test} from 'vitest';
import {applicationToken, basic, postForm, refresh, sender, start, v2Owner, v3Owner} from './harness.ts';

test('no error and no journal repeats a token, a secret or a code that was sent', async () => {
  const simulator = await start();
  const {tokens, vehicle} = v2Owner(simulator, {id: 'ada'});
  const v3 = await v3Owner(simulator, {id: 'bob'});
  simulator.advance(60 * 86_400_000);
  const link =
    '/oauth/authorize?response_type=code&user=ada&client_id=client_simulator&redirect_uri=https://a.example/b';
  const redirect = await sender(simulator, {})('GET', link);
  const code = new URL(redirect.headers.get('location') ?? '').searchParams.get('code') ?? 'none';
  const secrets = [tokens.accessToken, tokens.refreshToken, v3.token, code, 'simulator-secret', 'my-guess'];

  const bearer = (token: string) => sender(simulator, {authorization: `Bearer ${token}`});
  const answers = [
    await bearer(tokens.accessToken)('GET', `/v2.0/vehicles/${vehicle}/odometer`),
    await bearer(tokens.accessToken)('GET', '/v3/connections'),
    await bearer(v3.token)('GET', '/v3/connections'),
    await bearer(v3.token)('GET', '/v2.0/user'),
    await bearer(tokens.accessToken)('PUT', `/v2.0/user?access_token=${tokens.accessToken}`),
    await refresh(simulator, tokens.refreshToken),
    await postForm(simulator, '/oauth/token', {grant_type: tokens.refreshToken}, basic(simulator)),
    await postForm(
      simulator,
      '/oauth/token',
      {grant_type: 'authorization_code', code, redirect_uri: 'https://b.example'},
      basic(simulator),
    ),
    await postForm(simulator, `/oauth2/token?client_secret=simulator-secret&code=${code}`, {}),
    await postForm(simulator, '/oauth2/token', {
      grant_type: 'client_credentials',
      client_id: 'client_simulator',
      client_secret: 'my-guess',
    }),
    await sender(simulator, {})('POST', '/oauth2/token', '{"client_secret": "simulator-secret"'),
  ];
  expect(answers.filter(answer => answer.status < 400)).toEqual([]);
  const said = answers.map(({body, headers}) => JSON.stringify([body, [...headers]])).join('\n');
  const noted = JSON.stringify(simulator.journal);
  for (const secret of secrets) {
    expect(said).not.toContain(secret);
    expect(noted).not.toContain(secret);
  }
  expect(await applicationToken(simulator)).toHaveLength(43);
});

test('a token request that went to the wrong path, or the wrong host, leaves no secret in the journal', async () => {
  const simulator = await start({origins: 'several'});
  const form = {
    grant_type: 'authorization_code',
    code: 'the-code',
    refresh_token: 'the-token',
    client_secret: 'the-secret',
  };
  const {api, apiV3, connect} = simulator.origins;
  for (const url of [`${api}/oauth/token`, `${apiV3}/oauth2/token`, `${connect}/oauth/tokens`]) {
    const headers = {'content-type': 'application/json'};
    const {status} = await fetch(url, {method: 'POST', headers, body: JSON.stringify(form)});
    expect(status).toBe(404);
  }
  expect(simulator.journal).toHaveLength(3);
  const noted = JSON.stringify(simulator.journal);
  expect(noted).toContain('authorization_code');
  expect(noted).not.toMatch(/the-(code|token|secret)/);
});
