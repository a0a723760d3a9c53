import {Redis} from 'ioredis';
import {expect, test} from 'vitest';
import {createPolicy} from '../../src/index.ts';
import {redisPorts, type RedisClient, type RedisPortsOptions} from '../../src/redis/index.ts';

const unconnected = (): RedisClient => new Redis({lazyConnect: true});

test.each([
  [undefined, 'got undefined'],
  [{}, 'got an object'],
  ['redis://:hunter2@127.0.0.1', 'got `a text`'],
])('a client that is none is refused, and nothing of a URL shown: %s', (client, got) => {
  const ports = (): unknown => redisPorts(client as never);
  expect(ports).toThrow(got);
  expect(ports).toThrow('new Redis(url)');
  expect(ports).not.toThrow('hunter2');
});

test.each<readonly [RedisPortsOptions, string]>([
  [{prefix: ''}, '`prefix` of redisPorts() to be a text without braces'],
  [{prefix: 'a{b}'}, '`prefix` of redisPorts() to be a text without braces'],
  [{leaseMs: 30_001}, '`leaseMs` of redisPorts() to be a number of milliseconds from 100 to 30 000'],
  [{timeoutMs: 0}, '`timeoutMs` of redisPorts() to be a number of milliseconds from 10 up'],
  [{encryptionKey: 'short'}, '`encryptionKey` of redisPorts() to be 32 bytes'],
  [{encryptionkey: 'x'} as never, 'only prefix, leaseMs, timeoutMs, encryptionKey, previousKey'],
])('an option that is not as it has to be is named, with what was expected: %o', (options, message) => {
  expect(() => redisPorts(unconnected(), options)).toThrow(message);
});

test('ports belong to one policy: a second one is told so', async () => {
  const ports = redisPorts(unconnected());
  const policy = createPolicy(ports);
  expect(() => createPolicy(ports)).toThrow('a second policy');
  await policy.close();
});
