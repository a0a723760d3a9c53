import {describe, expect, test} from 'vitest';
import {userTokens, type Tokens} from '../../src/index.ts';
import {wire, type Wire} from './support.ts';

const CLIENT = '8229df9f-91a0-4ff0-a1ae-a1f38ee24d07';
const SECRET = 'odd +/=:%ü.~_-';
const OLD: Tokens = {
  accessToken: 'old-access',
  refreshToken: 'old+refresh/=',
  accessExpiresAt: 0,
  refreshExpiresAt: 5,
};

async function expired(): Promise<Wire> {
  const made = await wire(userTokens({clientId: CLIENT, clientSecret: SECRET}), {
    simulator: {clientId: CLIENT, clientSecret: SECRET},
  });
  await made.policy.tokens.save('ada', OLD);
  return made;
}

const token = ({policy}: Wire): Promise<string> =>
  Promise.resolve(policy.run(({accessToken}) => accessToken, {user: 'ada', idempotent: true}));

test('a refresh proves the application by plain Basic credentials, as Smartcar wants them', async () => {
  const made = await expired();
  made.simulator.next(
    {endpoint: 'token'},
    {status: 200, body: {access_token: 'new', token_type: 'Bearer', expires_in: 7200}},
  );
  expect(await token(made)).toBe('new');
  const [request] = made.sent;
  expect(request).toMatchObject({url: `${made.origin}/oauth/token`, method: 'POST'});
  expect(request?.headers.get('authorization')).toBe(
    `Basic ${Buffer.from(`${CLIENT}:${SECRET}`).toString('base64')}`,
  );
  expect(request?.headers.get('content-type')).toMatch(/^application\/x-www-form-urlencoded/);
  expect(request?.headers.get('user-agent')).toBeTruthy();
  expect(Object.fromEntries(request?.body ?? [])).toEqual({
    grant_type: 'refresh_token',
    refresh_token: OLD.refreshToken,
  });
});

test('the simulator, which checks the credentials, is content with them', async () => {
  const made = await expired();
  const {id} = made.simulator.addOwner();
  const pair = made.simulator.grant(id);
  await made.policy.tokens.save('ada', {...pair, accessExpiresAt: 0});
  expect(await token(made)).not.toBe(pair.accessToken);
  expect(made.tokenRequests()).toMatchObject([{status: 200, grantType: 'refresh_token'}]);
});

describe('a pair is not lost over the form of its answer', () => {
  const NEW = {access_token: 'new', refresh_token: 'next', token_type: 'Bearer', expires_in: 3600};
  test.each<[name: string, body: object, seconds: number, refreshToken: string]>([
    ['as documented', NEW, 3600, 'next'],
    ['without a token type', {...NEW, token_type: undefined}, 3600, 'next'],
    ['with a token type never heard of', {...NEW, token_type: 'Car'}, 3600, 'next'],
    ['without a life', {...NEW, expires_in: undefined}, 7200, 'next'],
    ['with a life in a text', {...NEW, expires_in: '3600'}, 3600, 'next'],
    ['with a life of null', {...NEW, expires_in: null}, 7200, 'next'],
    ['with a negative life', {...NEW, expires_in: -1}, 7200, 'next'],
    ['with a life in words', {...NEW, expires_in: 'soon'}, 7200, 'next'],
    ['with a refresh token of null', {...NEW, refresh_token: null}, 3600, 'old+refresh/='],
    ['with an empty refresh token', {...NEW, refresh_token: ''}, 3600, 'old+refresh/='],
    ['with a list of scopes', {...NEW, scope: ['read_odometer']}, 3600, 'next'],
    ['with an id token that is none', {...NEW, id_token: 5}, 3600, 'next'],
  ])('%s', async (_, body, seconds, refreshToken) => {
    const made = await expired();
    made.simulator.next({endpoint: 'token'}, {status: 200, body});
    const asked = made.clock.now();
    expect(await token(made)).toBe('new');
    expect(await made.policy.tokens.get('ada')).toEqual({
      accessToken: 'new',
      accessExpiresAt: asked + seconds * 1_000,
      refreshToken,
      refreshExpiresAt: refreshToken === 'next' ? asked + 60 * 86_400_000 : 5,
    });
  });

  test.each(['text/plain', 'text/json', 'application/vnd.api+json', ''])('as %j', async type => {
    const made = await expired();
    const headers = {'content-type': type};
    made.simulator.next({endpoint: 'token'}, {status: 200, headers, body: JSON.stringify(NEW)});
    expect(await token(made)).toBe('new');
  });
});

test('the token goes out as a bearer, and nothing else of ours', async () => {
  const made = await expired();
  await made.policy.tokens.save('ada', {...OLD, accessExpiresAt: 9e15});
  expect(await made.policy.run(({headers}) => headers, {user: 'ada'})).toEqual({
    authorization: 'Bearer old-access',
  });
});
