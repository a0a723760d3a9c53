import {describe, expect, test} from 'vitest';
import {memoryStore, sqliteStore} from '../../src/index.ts';
import {databaseFile, follow, holding, named, openLink, rejection, world} from './support/owners.ts';

const refusing = (): Promise<never> => Promise.reject(new Error('disk full'));

/** What somebody in front of a browser can make of a link. */
const returning = (link: string, query: string): Request =>
  new Request(`https://product.example/callback?state=${new URL(link).searchParams.get('state')}${query}`);

describe('what a redirect brings besides', () => {
  test.each([
    ['javascript:alert(1)', undefined],
    ['https://evil.example/tesla.com', undefined],
    ['https://nottesla.com/key', undefined],
    ['http://www.tesla.com/key', undefined],
    ['https://www.tesla.com/_ak/example', 'https://www.tesla.com/_ak/example'],
  ])('is no page but one of Tesla: %s', async (given, expected) => {
    const {policy} = (await world('v3')).policyOf({connect: {stateSecret: 's'}});
    const link = policy.connect.url('ada');
    const query = `&virtual_key_url=${encodeURIComponent(given)}`;
    expect((await policy.connect.handleCallback(returning(link, query))).virtualKeyUrl).toBe(expected);
  });

  test.each(['constructor', '__proto__', 'state-spent', 'a\nb', 'x'.repeat(300)])(
    'is no error in our words: %j',
    async error => {
      const {policy} = (await world()).policyOf();
      const query = `&error=${encodeURIComponent(error)}&error_description=a%0Ab%1B%5B31m`;
      const refused = await rejection(
        policy.connect.handleCallback(returning(policy.connect.url('ada'), query)),
      );
      expect((refused as {callback: {why: string}}).callback.why).toMatch(/^(unknown_error|constructor)$/);
      expect(String(refused)).toMatch(/^PolicyError: Connect came back with \w+\. \(a b\)$/);
    },
  );
});

test('a link that failed is good once more: nothing has come of it', async () => {
  const on = await world();
  const {policy} = on.policyOf();
  const link = policy.connect.url('ada', {vehicle: on.cars[0]});
  const wrong = await rejection(policy.connect.handleCallback(returning(link, `&vehicle_id=${on.cars[1]}`)));
  expect(wrong).toMatchObject({callback: {why: 'another-vehicle'}});
  expect(await policy.connect.handleCallback(returning(link, `&vehicle_id=${on.cars[0]}`))).toEqual({
    user: 'ada',
    vehicle: on.cars[0],
  });
});

test('the link of an episode outlives the life of one link', async () => {
  const on = await world();
  const made = on.policyOf({connect: {probeAfterMs: Infinity}});
  await made.read();
  const first = await openLink(made);
  await on.clock.advance(8 * 24 * 3_600_000);
  expect(await rejection(made.policy.connect.handleCallback(await follow(first)))).toMatchObject({
    callback: {why: 'state-expired'},
  });
  const [episode] = await made.policy.reauth.list();
  const later = episode?.connectUrl;
  expect(episode?.userMessage).toContain(later);
  expect(await made.policy.connect.handleCallback(await follow(later))).toEqual({user: 'ada'});
});

test('close() waits for an owner who is just coming back', async () => {
  const on = await world();
  const path = await databaseFile();
  const held = holding();
  const first = on.policyOf({fetch: held.fetch, store: sqliteStore(path)});
  const coming = first.policy.connect.handleCallback(await follow(first.policy.connect.url('ada')));
  await held.answered;
  const closing = first.policy.close();
  held.letGo();

  expect(await coming).toEqual({user: 'ada'});
  await closing;
  expect(await on.policyOf({store: sqliteStore(path)}).read()).toBe(200);
});

test('a pair is kept when the store refuses it: the same redirect stores it later, without another exchange', async () => {
  const on = await world();
  const memory = memoryStore();
  let full = true;
  const made = on.policyOf({
    store: {
      ...memory,
      put: (...pair) => (full ? Promise.reject(new Error('disk full')) : memory.put(...pair)),
    },
  });
  const back = await follow(made.policy.connect.url('ada'));
  expect(await rejection(made.policy.connect.handleCallback(back))).toMatchObject({code: 'CONFIGURATION'});
  full = false;
  expect(await made.policy.connect.handleCallback(back)).toEqual({user: 'ada'});
  expect(on.simulator.journal.filter(({grantType}) => grantType === 'authorization_code')).toHaveLength(1);
});

test('a call that succeeded is a success, whatever the store says of its episode', async () => {
  const on = await world();
  const memory = memoryStore();
  const made = on.policyOf({
    store: {...memory, episodes: {...memory.episodes!, end: refusing}},
    connect: {probeAfterMs: 1_000},
  });
  await made.policy.tokens.save('ada', on.simulator.grant('ada'));
  on.simulator.revoke({owner: 'ada', how: 'login', vehicle: on.cars[0]});
  expect(await made.read()).toBe(400);
  on.simulator.restore({owner: 'ada', how: 'login', vehicle: on.cars[0]});
  await on.clock.advance(2_000);
  expect(await made.read()).toBe(200);
});

test('an episode that another process has ended is no reason to open none', async () => {
  const on = await world();
  const path = await databaseFile();
  const [one, other] = [1, 2].map(() => on.policyOf({store: sqliteStore(path)}));
  if (!one || !other) throw new Error('two are needed');
  await one.policy.tokens.save('ada', on.simulator.grant('ada'));
  on.simulator.revoke({owner: 'ada', how: 'login', vehicle: on.cars[0]});
  await other.read();
  await one.policy.reauth.resolve('ada');
  await on.clock.advance(60_000);
  expect(await other.read()).toBe(400);
  expect(named(other, 'reauth')).toHaveLength(2);
});

test.each([{probeAfterMs: Infinity}, {probeAfterMs: 1_000.5}, {linkLifeMs: 1_000_000.5}])(
  'an episode is kept in SQLite with %o',
  async connect => {
    const on = await world();
    const made = on.policyOf({store: sqliteStore(await databaseFile()), connect});
    expect(await made.read()).toMatchObject({code: 'REAUTH_REQUIRED'});
    expect(await made.policy.connect.handleCallback(await follow(await openLink(made)))).toEqual({
      user: 'ada',
    });
  },
);

test('a pair that was stored is not brought back by the redirect that comes again', async () => {
  const on = await world();
  const memory = memoryStore();
  let busy = true;
  const end: (typeof memory.episodes & object)['end'] = async (...args) => {
    if (!busy) return memory.episodes!.end(...args);
    busy = false;
    throw new Error('busy');
  };
  const made = on.policyOf({store: {...memory, episodes: {...memory.episodes!, end}}});
  await made.read();
  const back = await follow(await openLink(made));
  expect(await rejection(made.policy.connect.handleCallback(back))).toMatchObject({code: 'CONFIGURATION'});
  await on.clock.advance(3 * 3_600_000);
  on.simulator.expireAccessTokens();
  await made.policy.reauth.resolve('ada');
  expect(await made.read()).toBe(200);
  const rotated = await made.policy.tokens.get('ada');
  await made.policy.connect.handleCallback(back);
  expect(await made.policy.tokens.get('ada')).toEqual(rotated);
});

test('a grant that was refused for its car is not accepted later, when nobody can be asked any more', async () => {
  const on = await world();
  const made = on.policyOf();
  await made.policy.tokens.save('ada', on.simulator.grant('ada', {scope: ['read_vin']}));
  expect(await made.read()).toBe(403);
  const link = new URL((await openLink(made)) ?? '');
  link.searchParams.set('user', on.simulator.addOwner({id: 'bob'}).id);
  const back = await follow(link.href);
  expect(await rejection(made.policy.connect.handleCallback(back))).toMatchObject({
    callback: {why: 'another-vehicle'},
  });
  await on.clock.advance(3 * 3_600_000);
  expect(await rejection(made.policy.connect.handleCallback(back))).toMatchObject({
    callback: {why: 'exchange-failed'},
  });
});

test('nothing is taken in after close(): no code is burnt for a policy that is gone', async () => {
  const on = await world();
  const made = on.policyOf({webhooks: {applicationManagementToken: 'amt'}});
  const back = await follow(made.policy.connect.url('ada'));
  await made.policy.close();
  expect(await rejection(made.policy.connect.handleCallback(back))).toMatchObject({code: 'CLOSED'});
  expect(on.simulator.journal.some(({grantType}) => grantType === 'authorization_code')).toBe(false);
  const delivery = new Request('https://product.example/webhook', {method: 'POST', body: '{}'});
  expect((await made.policy.webhooks.handle(delivery)).status).toBe(503);
});

test('the link of an episode is signed anew after the secret has changed', async () => {
  const on = await world();
  const path = await databaseFile();
  const before = on.policyOf({store: sqliteStore(path), connect: {stateSecret: 'old'}});
  await before.read();
  await before.policy.close();
  const after = on.policyOf({store: sqliteStore(path), connect: {stateSecret: 'new'}});
  expect(await after.policy.connect.handleCallback(await follow(await openLink(after)))).toEqual({
    user: 'ada',
  });
});

describe('a session or a login that is missing', () => {
  test('makes no link that any browser may bring back', async () => {
    const {policy} = (await world()).policyOf();
    for (const options of [{session: undefined}, {sesion: 'cookie'}])
      expect(() => policy.connect.url('ada', options as never)).toThrow(/connect\.url\(\)/);
  });

  test('is told from another one', async () => {
    const {policy} = (await world()).policyOf();
    const back = await follow(policy.connect.url('mallory'));
    expect(await rejection(policy.connect.handleCallback(back, {user: 'ada'}))).toMatchObject({
      callback: {why: 'another-user'},
    });
  });
});
