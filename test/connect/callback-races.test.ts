import {expect, test} from 'vitest';
import {sqliteStore} from '../../src/index.ts';
import {databaseFile, follow, holding, named, openLink, rejection, restart, world} from './support/owners.ts';

test('two redirects with one state, at once: the code is exchanged once, and one is told that it was used', async () => {
  const on = await world();
  const made = on.policyOf();
  await made.read();
  const back = await follow(await openLink(made));
  const results = await Promise.allSettled([1, 2, 3].map(() => made.policy.connect.handleCallback(back)));

  expect(results.map(({status}) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
  const reasons = results.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []));
  expect(reasons).toMatchObject([{callback: {why: 'state-spent'}}, {callback: {why: 'state-spent'}}]);
  expect(on.simulator.journal.filter(({grantType}) => grantType === 'authorization_code')).toHaveLength(1);
  expect(named(made, 'reauth-resolved')).toHaveLength(1);
});

test('a state is spent once in all processes that share the store, and after a restart', async () => {
  const on = await world();
  const path = await databaseFile();
  const secrets = {connect: {stateSecret: 'shared by all'}};
  const first = on.policyOf({...secrets, store: sqliteStore(path)});
  const second = on.policyOf({...secrets, store: sqliteStore(path)});
  const back = await follow(first.policy.connect.url('ada'));
  expect(await second.policy.connect.handleCallback(back)).toEqual({user: 'ada'});

  expect(await rejection(first.policy.connect.handleCallback(back))).toMatchObject({
    callback: {why: 'state-spent'},
  });
  await restart(
    on,
    path,
    async ({policy}) =>
      expect(await rejection(policy.connect.handleCallback(back))).toMatchObject({
        callback: {why: 'state-spent'},
      }),
    secrets,
  );
});

test('a token endpoint that is down takes nothing away: the same redirect is good a second time', async () => {
  const on = await world();
  const made = on.policyOf();
  const back = await follow(made.policy.connect.url('ada'));
  on.simulator.next({endpoint: 'token'}, {html: 503});
  expect(await rejection(made.policy.connect.handleCallback(back))).toMatchObject({
    callback: {why: 'try-again'},
  });

  expect(await made.policy.connect.handleCallback(back)).toEqual({user: 'ada'});
});

test('an owner who comes back while the old pair is being refreshed keeps the new grant', async () => {
  const on = await world();
  const held = holding(
    ({body}) => body instanceof URLSearchParams && body.get('grant_type') === 'refresh_token',
  );
  const made = on.policyOf({fetch: held.fetch});
  await made.policy.tokens.save('ada', on.simulator.grant('ada'));
  on.simulator.expireAccessTokens();
  const reading = made.read();
  await held.answered;
  await made.policy.connect.handleCallback(await follow(made.policy.connect.url('ada')));
  const fresh = await made.policy.tokens.get('ada');
  held.letGo();

  expect(await reading).toBe(200);
  expect(await made.policy.tokens.get('ada')).toEqual(fresh);
  on.simulator.expireAccessTokens();
  expect(await made.read()).toBe(200);
});
