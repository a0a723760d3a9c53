import {describe, expect, test} from 'vitest';
import {type SimulatorOptions, startSimulator} from '../../src/simulator/index.ts';
import {resolveOptions} from '../../src/simulator/options.ts';
import {start} from './harness.ts';

function refusal(options: unknown): string {
  try {
    resolveOptions(options as SimulatorOptions);
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('what makes no sense is refused by name', () => {
  test.each<[object, string]>([
    [{port: 65_536}, 'Expected `port` to be a whole number from 0 to 65535, got `65536` (number).'],
    [{port: '8080'}, 'Expected `port` to be a whole number from 0 to 65535, got `8080` (string).'],
    [
      {port: 65_531, origins: 'several'},
      'Expected `port` to be at most 65530, with room for six origins in a row, got `65531` (number).',
    ],
    [{origins: 'two'}, 'Expected `origins` to be "one" or "several", got `two` (string).'],
    [{clock: {}}, 'Expected `clock` to be a clock with now(), got an object.'],
    [{speed: 0}, 'Expected `speed` to be a number above 0, up to 1e9, got `0` (number).'],
    [{speed: Infinity}, 'Expected `speed` to be a number above 0, up to 1e9, got `Infinity` (number).'],
    [{speed: 1e10}, 'Expected `speed` to be a number above 0, up to 1e9, got `10000000000` (number).'],
    [{seed: 1.5}, 'Expected `seed` to be a whole number, got `1.5` (number).'],
    [{clientId: ''}, 'Expected `clientId` to be a text that is not empty, got `` (string).'],
    [{clientId: 'a:b'}, 'Expected `clientId` to be a text without a colon, got `a:b` (string).'],
    [{pages: true}, 'Expected `pages` to be "browsers", "everybody" or "nobody", got `true` (boolean).'],
    [
      {latencyMs: -1},
      'Expected `latencyMs` to be a finite number of milliseconds from 0 up, got `-1` (number).',
    ],
    [
      {redirectUris: ['https://example.com/#there']},
      'Expected `redirectUris[0]` to be an absolute URL without a fragment, got `https://example.com/#there` (string).',
    ],
    [
      {redirectUris: ['/back']},
      'Expected `redirectUris[0]` to be an absolute URL without a fragment, got `/back` (string).',
    ],
    [
      {redirectUris: []},
      'Expected `redirectUris` to be a list of one URL at least; without the option any will do, got an array.',
    ],
    [
      {tokens: {accessTtlMs: 0}},
      'Expected `tokens.accessTtlMs` to be a finite number of milliseconds above 0, got `0` (number).',
    ],
    [
      {tokens: {spentTokenError: 'gone'}},
      'Expected `tokens.spentTokenError` to be "invalid_grant" or "invalid_request", got `gone` (string).',
    ],
    [{tokens: []}, 'Expected `tokens` to be an object, got an array.'],
    [
      {limits: {application: {size: 0, perMinute: 1}}},
      'Expected `limits.application.size` to be a whole number from 1 up, got `0` (number).',
    ],
    [{limits: {application: {size: 1}}}, 'Expected `limits.application.perMinute` to be given, got nothing.'],
    [
      {limits: {vehicle: true}},
      'Expected `limits.vehicle` to be an object with size, everyMs, got `true` (boolean).',
    ],
    [
      {limits: {monthly: {calls: -1}}},
      'Expected `limits.monthly.calls` to be a whole number from 0 up, got `-1` (number).',
    ],
    [{prot: 1}, 'Unknown option `prot`: did you mean `port`?'],
    [
      {limits: {quota: 1}},
      'Unknown option `limits.quota`: what can be given is application, vehicle, maker, monthly, retryAfter.',
    ],
    [{limits: {vehicel: false}}, 'Unknown option `limits.vehicel`: did you mean `vehicle`?'],
    [{tokens: {graceMS: 1}}, 'Unknown option `tokens.graceMS`: did you mean `graceMs`?'],
  ])('%j', (options, message) => {
    expect(refusal(options)).toBe(message);
  });

  test('all of it at once', () => {
    expect(refusal({port: -1, latencyMs: 'soon'})).toMatch(/`port`.*`latencyMs`/s);
  });

  test('what is no object at all', () => {
    expect(refusal(7)).toBe('Expected the options of startSimulator to be an object, got `7` (number).');
  });

  test('before anything listens', async () => {
    await expect(startSimulator({port: -1})).rejects.toThrow(TypeError);
  });
});

test('no secret stands in an error', () => {
  const message = [
    refusal({clientSecret: 31_337, applicationManagementToken: ['31337']}),
    refusal({moreClientSecrets: ['31337', '31337', '31337', '']}),
    refusal({moreClientSecrets: '31337'}),
    refusal({redirectUris: ['//ada:31337@example.com']}),
  ].join('\n');
  expect(message).toContain('Expected `clientSecret` to be a text that is not empty, got another number.');
  expect(message).toContain('Expected `moreClientSecrets` to be a list of texts, got another text.');
  expect(message).toContain(
    'Expected `moreClientSecrets[3]` to be a text that is not empty, got an empty text.',
  );
  expect(message).not.toContain('31337');
});

test('every limit can be given', () => {
  const limits = {
    application: {size: 1, perMinute: 1, retryAfter: true},
    vehicle: {size: 1, everyMs: 1},
    maker: {size: 1, everyMs: 1},
    monthly: {calls: 0},
    retryAfter: 'garbage',
  };
  expect(refusal({limits})).toBe('accepted');
  expect(refusal({limits: {application: false, vehicle: false, maker: false, monthly: false}})).toBe(
    'accepted',
  );
});

test('three secrets are the most', () => {
  expect(refusal({moreClientSecrets: ['a', 'b']})).toBe('accepted');
  expect(refusal({moreClientSecrets: ['a', 'b', 'c']})).toBe(
    'Expected `moreClientSecrets` to be a list of 2 at most, got an array.',
  );
});

test('undefined is as good as not given', async () => {
  const given = {port: undefined, tokens: {accessTtlMs: undefined}, limits: {vehicle: undefined}};
  const simulator = await start(given as unknown as SimulatorOptions);
  const {id} = simulator.addOwner();
  expect(simulator.grant(id).accessExpiresAt).toBe(simulator.now() + 7_200_000);
});

test('a clock stays the object it is', async () => {
  const clock = {
    at: 1_000,
    now() {
      return this.at;
    },
  };
  const simulator = await start({clock});
  clock.at = 5_000;
  expect(simulator.now()).toBe(5_000);
});
