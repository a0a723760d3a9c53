import {expect, test} from 'vitest';
import {applicationToken, createPolicy, withPolicy, type PolicyOptions} from '../../src/index.ts';

test.each([
  [null, 'null'],
  ['production', '`production` (string)'],
  [42, '`42` (number)'],
  [[], 'an array'],
  [() => ({}), 'a function'],
])('%s in place of options is refused', (options, got) => {
  const message = `Expected the options of createPolicy to be an object, got ${got}.`;
  expect(() => createPolicy(options as unknown as PolicyOptions)).toThrow(message);
  if (options === null) return;
  expect(() => withPolicy(fetch, options as unknown as PolicyOptions)).toThrow(message);
});

test('null in place of a policy is refused', () => {
  expect(() => withPolicy(fetch, null as unknown as PolicyOptions)).toThrow('options of createPolicy');
});

test.each([[undefined], [null], ['fetch'], [{}]])('withPolicy refuses %s in place of fetch', given => {
  expect(() => withPolicy(given as never, {})).toThrow(
    /^Expected the first argument of withPolicy to be a fetch function, got/,
  );
});

test('withPolicy makes a policy of options, found at .policy, that asks for tokens through the same fetch', async () => {
  const urls: string[] = [];
  const smartcar = withPolicy(
    async input => {
      urls.push(new Request(input).url);
      return Response.json({access_token: 't', token_type: 'Bearer', expires_in: 3600});
    },
    {auth: applicationToken({clientId: 'id', clientSecret: 'secret'})},
    {user: 'ada'},
  );
  await smartcar('https://vehicle.api.smartcar.com/v3/vehicles/car-1');
  expect(urls).toEqual([
    'https://iam.smartcar.com/oauth2/token',
    'https://vehicle.api.smartcar.com/v3/vehicles/car-1',
  ]);
  expect(typeof smartcar.policy.run).toBe('function');
});

test('a fetch that has a policy already is refused: two policies would multiply the attempts', () => {
  const policy = createPolicy();
  const smartcar = withPolicy(fetch, policy);
  const message = /^Expected the fetch behind a policy to be one without a policy of its own/;
  expect(() => withPolicy(smartcar, policy)).toThrow(message);
  expect(() => withPolicy(policy.fetch(), {})).toThrow(message);
  expect(() => withPolicy(smartcar.with({user: 'ada'}), createPolicy())).toThrow(message);
  expect(() => createPolicy({fetch: smartcar}).ky()).toThrow(message);
});
