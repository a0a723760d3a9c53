import {Buffer} from 'node:buffer';
import {expect, test} from 'vitest';
import type {Reply} from '../../src/simulator/index.ts';
import {Canaries, formsOf} from './support/canaries.ts';
import {asked, CLIENT_SECRET, shown, world, type World} from './support/secret-world.ts';

test('a canary that comes out is found, in whatever form', () => {
  for (const form of [...formsOf(CLIENT_SECRET), Buffer.from(`id:${CLIENT_SECRET}`).toString('base64')]) {
    const hidden = Object.defineProperty(new Error('x'), Symbol('deep'), {
      value: {in: new Map([['a', [form]]])},
    });
    for (const leak of [
      form,
      `…${form}…`,
      {a: {b: [form]}},
      new Error('x', {cause: new Error(form)}),
      hidden,
    ]) {
      const canaries = new Canaries({secret: CLIENT_SECRET});
      canaries.show('a place', leak);
      expect(canaries.leaks()).toEqual(['secret in a place']);
    }
  }
});

test('a listener that gives a token away is found as well', async () => {
  const all = await world();
  all.policy.on('success', event => Object.assign(event, {token: all.simulator.grant('ada').accessToken}));
  await asked(all);
  const [{accessToken}] = [simulatorPair(all)];
  all.canaries.show('planted', {deep: {token: accessToken}});
  expect(shown(all)).toEqual(['access token in planted']);
});

function simulatorPair({canaries, simulator}: World): {accessToken: string} {
  const pair = simulator.grant('ada');
  canaries.add('access token', pair.accessToken);
  return pair;
}

const ERRORS = [
  'UPSTREAM:NO_RESPONSE',
  'RATE_LIMIT:VEHICLE',
  'RATE_LIMIT:SMARTCAR_API',
  'AUTHENTICATION',
  'PERMISSION',
  'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED',
  'VALIDATION',
  'BILLING:ACCOUNT_SUSPENDED',
  'VEHICLE_STATE:ASLEEP',
  'SERVER:INTERNAL',
  'COMPATIBILITY:PLATFORM_NOT_CAPABLE',
];

/** What a server may answer, with the token that it was sent in every place that a reader looks at. */
function replies(token: string): readonly Reply[] {
  const echo = `no ${token} ${encodeURIComponent(token)} ${JSON.stringify(token)}`;
  const body = {
    type: 'VALIDATION',
    code: token,
    statusCode: 400,
    requestId: token,
    description: echo,
    suggestedUserMessage: echo,
    detail: [{field: [token], message: echo}],
    resolution: {type: token, url: `https://connect.smartcar.com/?x=${token}`},
  };
  return [
    ...ERRORS.map(error => ({error, description: echo, headers: {'sc-request-id': token}})),
    {status: 400, body},
    {status: 400, body: {...body, type: token}},
    {status: 502, body: {errors: [body, body]}},
    {status: 500, body: echo, headers: {'content-type': 'text/html', 'retry-after': token}},
    {html: 502},
    {drop: 'before'},
    {drop: 'after'},
    {drop: 'mid-body'},
    // oxlint-disable-next-line unicorn/no-thenable -- so the simulator calls what comes after
    {truncate: true, then: {error: 'VALIDATION', description: echo}},
    {redirect: `https://elsewhere.example/?token=${token}`},
  ];
}

test('no secret comes out of whatever fails at the API, though the server repeats the token everywhere', async () => {
  const probe = await world();
  const count = replies('x').length;
  const leaks: string[] = [];
  for (let index = 0; index < count; index++) {
    const all = index === 0 ? probe : await world();
    const pair = simulatorPair(all);
    await all.policy.tokens.save('ada', {...all.simulator.grant('ada'), accessToken: pair.accessToken});
    // What is asked after a refusal brings another token: the server repeats what it was sent.
    const times = ERRORS[index] === 'AUTHENTICATION' ? 1 : Infinity;
    all.simulator.next({endpoint: 'api', times}, replies(pair.accessToken)[index]!);
    await all.clock.run(asked(all));
    await all.clock.run(asked(all, 'security', {method: 'POST', body: '{"action":"LOCK"}'}));
    leaks.push(...shown(all).map(leak => `${JSON.stringify(replies('TOKEN')[index]).slice(0, 60)}: ${leak}`));
  }
  expect(leaks).toEqual([]);
}, 60_000);
