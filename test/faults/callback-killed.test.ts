import {expect, onTestFinished, test} from 'vitest';
import {
  databaseFile,
  follow,
  named,
  openLink,
  rejection,
  world,
  type Made,
  type World,
} from '../connect/support/owners.ts';
import {sqliteStore, type TokenStore} from './support/front-door.ts';

/** A store that comes to a dead stop before, or after, one of its steps: there its process dies. */
function dying(
  store: TokenStore,
  step: 'put' | 'end',
  when: 'before' | 'after',
  dead: Promise<never>,
): TokenStore {
  const stops =
    <Given extends unknown[], Result>(own: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      if (when === 'after') await own(...given);
      return dead;
    };
  const records = store.episodes!;
  return step === 'put'
    ? {...store, put: stops((...given: Parameters<TokenStore['put']>) => store.put(...given))}
    : {...store, episodes: {...records, end: stops((id: string, now: number) => records.end(id, now))}};
}

/** A grant is dead, and its owner has come back just as far as this step of the redirect. */
async function diedAt(on: World, path: string, step: 'put' | 'end', when: 'before' | 'after'): Promise<void> {
  const first = on.policyOf({store: sqliteStore(path)});
  await first.policy.tokens.save('ada', on.simulator.grant('ada'));
  on.simulator.revoke({owner: 'ada', how: 'grant'});
  expect(await first.read()).toBe(401);
  on.simulator.restore({owner: 'ada', how: 'grant'});
  const back = await follow(await openLink(first));
  await first.policy.close();
  const store = sqliteStore(path);
  const dead = Promise.withResolvers<never>();
  const second = on.policyOf({store: dying(store, step, when, dead.promise)});
  // Only so that it can be tidied away.
  onTestFinished(() => dead.reject(new Error('long dead')));
  const codes = (): number =>
    on.simulator.journal.filter(({grantType}) => grantType === 'authorization_code').length;
  void second.policy.connect.handleCallback(back).catch(() => undefined);
  await expect.poll(codes).toBe(1);
  await new Promise(resolve => setTimeout(resolve, 20));
  await store.close();
}

const next = (on: World, path: string): Made => on.policyOf({store: sqliteStore(path)});

test('an owner whose code was lost with the process that exchanged it comes back by the same link, soon after', async () => {
  const on = await world();
  const path = await databaseFile();
  await diedAt(on, path, 'put', 'before');
  const made = next(on, path);
  expect(await made.read()).toMatchObject({code: 'REAUTH_REQUIRED'});
  const {policy} = made;
  const link = await openLink(made);
  const again = await rejection(policy.connect.handleCallback(await follow(link)));
  expect(again).toMatchObject({callback: {why: 'state-spent'}});
  await on.clock.advance(120_000);
  await policy.connect.handleCallback(await follow(link));
  expect(await made.read()).toBe(200);
  expect(named(made, 'reauth-resolved')).toHaveLength(1);
  const spent = await rejection(policy.connect.handleCallback(await follow(link)));
  expect(spent).toMatchObject({callback: {why: 'state-spent'}});
  await on.clock.advance(120_000);
  expect(await rejection(policy.connect.handleCallback(await follow(link)))).toMatchObject({
    callback: {why: 'state-spent'},
  });
});

test.each([
  ['put', 'after'],
  ['end', 'before'],
  ['end', 'after'],
] as const)(
  'an owner is back when the pair is stored, though the process died at %s, %s it',
  async (step, when) => {
    const on = await world();
    const path = await databaseFile();
    await diedAt(on, path, step, when);
    const made = next(on, path);
    expect(await made.read()).toBe(200);
    expect(await made.policy.reauth.list()).toEqual([]);
    expect(named(made, 'reauth-resolved')).toHaveLength(when === 'after' && step === 'end' ? 0 : 1);
    expect(await rejection(openLink(made))).toBeInstanceOf(Error);
  },
);
