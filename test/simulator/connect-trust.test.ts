import {describe, expect, test} from 'vitest';
import {home, open, post, send, password, withAda, parameters} from './connect-visit.ts';

describe('links that are not to be trusted', () => {
  test.each([
    [{client_id: 'stranger'}, 'client_id'],
    [{redirect_uri: 'https://evil.example/<script>'}, 'redirect_uri'],
    [{redirect_uri: 'nonsense'}, 'redirect_uri'],
    [{simulate: 'nonsense'}, 'simulate'],
  ])('%o gets a page that says so, and no redirect', async (query, name) => {
    const simulator = await withAda({}, {redirectUris: [home]});
    const shown = await open(simulator, query);
    expect(shown).toMatchObject({status: 400, title: 'This link does not work', back: undefined});
    expect(shown.text).toContain(`\`${name}`);
    expect(shown.text).not.toContain('<script>');
    expect(shown.headers.get('content-type')).toContain('text/html');
  });

  test.each(['javascript:alert(1)', ' JavaScript:alert(1)', 'data:text/html,x', 'file:///etc/passwd'])(
    '%s is no place to send anyone to',
    async redirectUri => {
      const simulator = await withAda();
      for (const accept of ['text/html', '*/*']) {
        const shown = await open(simulator, {user: 'ada', redirect_uri: redirectUri}, 'authorize', accept);
        expect(shown).toMatchObject({status: 400, back: undefined});
      }
    },
  );

  test('an app’s own scheme is', async () => {
    const simulator = await withAda();
    const shown = await open(
      simulator,
      {user: 'ada', redirect_uri: 'sc123://exchange?x=1'},
      'authorize',
      '*/*',
    );
    expect(shown.back?.href).toMatch(/^sc123:\/\/exchange\?x=1&code=/);
  });

  test('whatever stands in the link or is typed comes back as text', async () => {
    const hostile = `"><script>alert('x')</script>&`;
    const simulator = await withAda({
      vehicles: [{id: hostile, model: hostile, vin: hostile}],
      email: `${hostile}@x`,
    });
    simulator.addOwner({id: hostile, email: 'b@x'});
    const query = {state: hostile, redirect_uri: `${home}?x=${hostile}`, user: hostile, external_id: hostile};
    const login = await open(simulator, {...query, make: 'TESLA'});
    const wrong = await send(simulator, login, {email: hostile, password: hostile});
    const cars = await send(simulator, wrong, {email: `${hostile}@x`, password});
    const consent = await send(simulator, cars, {car: hostile});
    for (const {text, title} of [login, wrong, cars, consent]) {
      expect(title).not.toBe('');
      expect(text).not.toContain('<script');
      expect(text).not.toContain(`"${hostile}`);
    }
    expect(wrong.text).toContain('value="&quot;&gt;&lt;script&gt;');
    const done = await send(simulator, consent, {grant: 'read_vin'});
    expect(parameters(done)).toMatchObject({state: hostile, external_id: hostile, code: expect.any(String)});
  });

  test('every page forbids scripts, frames, shared caches and referrers', async () => {
    const simulator = await withAda();
    const shown = [await open(simulator), await open(simulator, {client_id: 'x'}), await post(simulator, {})];
    for (const {headers} of shown) {
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('form-action');
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'private, no-cache',
        'content-type': 'text/html; charset=utf-8',
      });
    }
  });
});
