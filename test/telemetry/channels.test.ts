import {execFile} from 'node:child_process';
import {channel, subscribe, unsubscribe} from 'node:diagnostics_channel';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {describe, expect, onTestFinished, test} from 'vitest';
import {createEvents, EVENT_NAMES, type EventName, type PolicyEvents} from '../../src/engine/events.ts';
import {CHANNELS} from '../../src/telemetry/channels.ts';
import {bench, playing} from '../engine/support/bench.ts';
import {upstream} from '../engine/support/failures.ts';

const READ = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};

/** What is published from now on, until the test is over. */
function published(...events: readonly EventName[]): (readonly [event: string, message: unknown])[] {
  const heard: (readonly [string, unknown])[] = [];
  for (const event of events) {
    const listener = (message: unknown): void => void heard.push([event, message]);
    subscribe(`smartcar-policy:${event}`, listener);
    onTestFinished(() => void unsubscribe(`smartcar-policy:${event}`, listener));
  }
  return heard;
}

describe('a subscriber of a channel', () => {
  test.each(EVENT_NAMES)('hears %s, the very object that a listener hears', event => {
    const events = createEvents(CHANNELS);
    const heard = published(event);
    const told: unknown[] = [];
    const payload = {call: 1} as never;
    events.on(event, message => told.push(message));
    events.emit(event, payload);

    expect(heard).toEqual([[event, payload]]);
    expect(heard[0]?.[1]).toBe(told[0]);
  });

  test('follows a call from its first attempt to its end without any listener', async () => {
    const heard = published('attempt', 'decision', 'success', 'fail');
    const {policy, clock} = bench();
    heard.length = 0;
    await clock.run(policy.run(playing(upstream(), 1), READ));

    expect(heard.map(([event]) => event)).toEqual(['attempt', 'decision', 'attempt', 'success']);
    expect(heard.at(-1)?.[1]).toMatchObject({user: 'ada', operation: 'odometer', attempts: 2});
  });

  test('hears all policies of the process', async () => {
    const heard = published('success');
    await bench().policy.run(playing(1), READ);
    await bench().policy.run(playing(1), {...READ, user: 'bob'});

    expect(heard.map(([, message]) => (message as PolicyEvents['success']).user)).toEqual(['ada', 'bob']);
  });
});

const listener = (): void => undefined;

test.each(EVENT_NAMES)('%s is not even built while nobody subscribes', event => {
  const events = createEvents(CHANNELS);
  expect(events.heard(event)).toBe(false);
  subscribe(`smartcar-policy:${event}`, listener);
  expect(events.heard(event)).toBe(true);
  unsubscribe(`smartcar-policy:${event}`, listener);
  expect(events.heard(event)).toBe(false);
});

test('the channels are found by their names', () => {
  expect(Object.values(CHANNELS)).toEqual(EVENT_NAMES.map(event => channel(`smartcar-policy:${event}`)));
});

const THROWING = `
  import {subscribe} from 'node:diagnostics_channel';
  import {createPolicy} from 'smartcar-policy';
  process.on('uncaughtException', error => console.log('uncaught', error.message));
  for (const event of ['attempt', 'success'])
    subscribe('smartcar-policy:' + event, () => { throw new Error(event); });
  subscribe('smartcar-policy:success', () => console.log('the next one hears it'));
  console.log('result', await createPolicy().run(() => 7));
`;

test('a subscriber that throws breaks no call: Node reports it as an uncaught exception afterwards', async () => {
  const args = ['--conditions=smartcar-policy:source', '--input-type=module', '-e', THROWING];
  const root = join(import.meta.dirname, '..', '..');
  const {stdout} = await promisify(execFile)(process.execPath, args, {cwd: root});
  const lines = stdout.trim().split('\n');
  expect(lines).toContain('result 7');
  expect(lines.toSorted()).toEqual([
    'result 7',
    'the next one hears it',
    'uncaught attempt',
    'uncaught success',
  ]);
});
