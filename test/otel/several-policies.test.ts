import {expect, test} from 'vitest';
import {instrument} from '../../src/otel/index.ts';
import {memoryStore} from '../../src/index.ts';
import {bench, errorOf, playing} from '../engine/support/bench.ts';
import {asleep, lostLogin, upstream} from '../engine/support/failures.ts';
import {telemetry} from './support.ts';

const READ = {user: 'ada', vehicle: 'car-17', operation: 'odometer', idempotent: true};

test('gates of several policies are added up, whichever was instrumented last', async () => {
  const sdk = telemetry();
  const [one, other] = [bench(), bench()];
  for (const {policy} of [one, other]) instrument(policy, sdk.providers);
  await errorOf(one.policy.run(playing(asleep()), READ));
  expect(await sdk.points('gate.closed')).toMatchObject({'scope=vehicle': 1, 'scope=application': 0});
  await errorOf(other.policy.run(playing(asleep()), READ));
  const patient = other.policy.run(playing(1), {...READ, maxWaitMs: 3_600_000});
  await other.clock.advance(1_000);
  expect(await sdk.points('gate.closed')).toMatchObject({'scope=vehicle': 2});
  expect(await sdk.points('call.waiting')).toMatchObject({'scope=vehicle': 1});
  await other.clock.run(patient);
});

test('the smallest of their budgets is told', async () => {
  const sdk = telemetry();
  const [one, other, boundless] = [bench(), bench(), bench({budget: false})];
  for (const {policy} of [one, other, boundless]) instrument(policy, sdk.providers);
  await one.clock.run(one.policy.run(playing(upstream(), 1), READ));
  expect(await sdk.points('budget.left')).toEqual({'': one.policy.limits().retriesLeft});
});

test('an owner who is away from two policies with one store is one', async () => {
  const sdk = telemetry();
  const store = memoryStore();
  const [one, other, stranger] = [bench({store}), bench({store}), bench()];
  for (const {policy} of [one, other, stranger]) instrument(policy, sdk.providers);
  await errorOf(one.policy.run(playing(lostLogin()), READ));
  expect(await sdk.points('episode.open')).toMatchObject({'scope=vehicle': 1});
  await errorOf(stranger.policy.run(playing(lostLogin()), READ));
  expect(await sdk.points('episode.open')).toMatchObject({'scope=vehicle': 2});
});

test('one that is stopped is seen no more, and the others still are; after the last one nothing is shut', async () => {
  const sdk = telemetry();
  const [one, other] = [bench(), bench()];
  const stops = [one, other].map(({policy}) => instrument(policy, sdk.providers));
  for (const {policy} of [one, other]) await errorOf(policy.run(playing(asleep()), READ));
  expect(await sdk.points('gate.closed')).toMatchObject({'scope=vehicle': 2});
  stops[0]?.();
  expect(await sdk.points('gate.closed')).toMatchObject({'scope=vehicle': 1});
  stops[1]?.();
  expect(await sdk.points('gate.closed')).toMatchObject({'scope=vehicle': 0});
});

const gone = (): Promise<never> => Promise.reject(new Error('gone'));

test('one whose store is away leaves the owners of the others as they are', async () => {
  const sdk = telemetry();
  const store = memoryStore();
  const {episodes} = store;
  const [one, broken] = [bench(), bench({store: {...store, episodes: {...episodes!, list: gone}}})];
  for (const {policy} of [broken, one]) instrument(policy, sdk.providers);
  await errorOf(one.policy.run(playing(lostLogin()), READ));
  expect(await sdk.points('episode.open')).toMatchObject({'scope=vehicle': 1});
});

test('their spans and counts do not meet', async () => {
  const sdk = telemetry();
  const [one, other] = [bench(), bench()];
  for (const {policy} of [one, other]) instrument(policy, sdk.providers);
  await Promise.all([
    one.clock.run(one.policy.run(playing(upstream(), 1), READ)),
    errorOf(other.clock.run(other.policy.run(playing(upstream()), READ))),
  ]);
  expect(await sdk.points('calls')).toEqual({
    'operation=odometer,outcome=success': 1,
    'needs=support,operation=odometer,outcome=fail,reason=retries-spent': 1,
  });
  const ends = sdk.spans().flatMap(({attributes}) => attributes['smartcar_policy.outcome'] ?? []);
  expect(new Set(ends)).toEqual(new Set(['fail', 'success']));
  expect(ends).toHaveLength(2);
});
