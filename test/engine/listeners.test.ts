import {describe, expect, onTestFinished, test, vi} from 'vitest';
import type {Decision} from '../../src/core/decide.ts';
import {
  createEvents,
  decisionFacts,
  EVENT_NAMES,
  type EventChannel,
  type EventChannels,
  type EventName,
  type Listener,
} from '../../src/engine/events.ts';

const RESUME = {scope: 'vehicle:car'};
const LATER = {call: 1, retryAt: 5, reason: 'paused'} as const;

/** What would be said as a process warning. */
function warnings(): readonly (readonly unknown[])[] {
  const heard: unknown[][] = [];
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation((...said) => void heard.push(said));
  onTestFinished(() => spy.mockRestore());
  return heard;
}

function channelsOf(heard: EventName): {readonly channels: EventChannels; readonly told: unknown[]} {
  const told: unknown[] = [];
  const channel = (name: EventName): EventChannel => ({
    hasSubscribers: name === heard,
    publish: event => void told.push([name, event]),
  });
  const channels = Object.fromEntries(EVENT_NAMES.map(name => [name, channel(name)])) as EventChannels;
  return {channels, told};
}

describe('an event', () => {
  test('is heard by those who listen to it, in their order, and by nobody else', () => {
    const events = createEvents();
    const told: string[] = [];
    events.on('resume', ({scope}) => void told.push(`first ${scope}`));
    events.on('resume', () => void told.push('second'));
    events.on('defer', () => void told.push('other'));
    events.emit('resume', RESUME);
    events.emit('success', {call: 1, attempts: 1, waitedMs: 0, durationMs: 0});
    expect(told).toEqual(['first vehicle:car', 'second']);
  });

  test('has somebody who hears it as long as somebody listens', () => {
    const events = createEvents();
    const [one, other] = [(): void => undefined, (): void => undefined];
    expect(events.heard('resume')).toBe(false);
    events.on('resume', one);
    events.on('resume', other);
    events.off('resume', one);
    expect(events.heard('resume')).toBe(true);
    events.off('resume', other);
    expect(events.heard('resume')).toBe(false);
    expect(events.heard('pause')).toBe(false);
  });

  test('is told to a channel that has subscribers, and to no other', () => {
    const {channels, told} = channelsOf('resume');
    const events = createEvents(channels);
    expect(events.heard('resume')).toBe(true);
    expect(events.heard('defer')).toBe(false);
    events.emit('resume', RESUME);
    events.emit('defer', LATER);
    expect(told).toEqual([['resume', RESUME]]);
  });
});

describe('a listener', () => {
  test('added once hears one event, and is gone before it hears it', () => {
    const events = createEvents();
    const told: string[] = [];
    events.once('resume', () => {
      told.push('once');
      events.emit('resume', RESUME);
    });
    events.on('resume', () => void told.push('always'));
    events.emit('resume', RESUME);
    events.emit('resume', RESUME);
    expect(told).toEqual(['once', 'always', 'always', 'always']);
  });

  test('added once is not told again where one before it has caused the same event', () => {
    const events = createEvents();
    const told: string[] = [];
    let again = true;
    events.on('resume', () => {
      if (!again) return;
      again = false;
      events.emit('resume', RESUME);
    });
    events.once('resume', () => void told.push('once'));
    events.emit('resume', RESUME);
    expect(told).toEqual(['once']);
  });

  test('that is taken off is gone each time it was added, and no other is', () => {
    const events = createEvents();
    const told: string[] = [];
    const gone = (): void => void told.push('gone');
    events.on('resume', gone);
    events.once('resume', gone);
    events.on('resume', () => void told.push('stays'));
    events.off('resume', gone);
    events.off('defer', gone);
    events.emit('resume', RESUME);
    expect(told).toEqual(['stays']);
  });

  test('has to be a function, and the event one that there is', () => {
    const events = createEvents();
    expect(() => events.on('resum' as EventName, () => undefined)).toThrow('to be one of attempt, decision');
    expect(() => events.once('resume', 'x' as unknown as Listener<'resume'>)).toThrow('to be a function');
    expect(events.heard('resume')).toBe(false);
  });
});

const thrower = (error: unknown) => (): never => {
  throw error;
};

describe('what a listener throws', () => {
  const unreadable = Object.defineProperty(new Error('x'), 'message', {get: thrower(new Error('no'))});
  const all: readonly (readonly [string, Listener<'resume'>, string])[] = [
    ['an error', thrower(new RangeError('too far')), 'RangeError: too far'],
    ['a text', thrower('secret'), ' string'],
    ['what cannot be read', thrower(unreadable), 'It threw what cannot be read.'],
    ['in a promise', async () => thrower(new TypeError('later'))(), 'TypeError: later'],
  ];
  test.each(all)('becomes a warning: %s', async (_name, listener, said) => {
    const heard = warnings();
    const events = createEvents();
    const told: string[] = [];
    events.on('resume', listener);
    events.on('resume', () => void told.push('the next one'));
    events.emit('resume', RESUME);
    await new Promise(turn => setImmediate(turn));
    expect(told).toEqual(['the next one']);
    expect(heard).toEqual([
      [
        expect.stringMatching(/^A listener of "resume" threw; the call goes on\./),
        {type: 'SmartcarPolicyWarning', code: 'LISTENER_THREW'},
      ],
    ]);
    expect(String(heard[0]?.[0]).endsWith(said)).toBe(true);
  });

  // oxlint-disable-next-line unicorn/no-thenable -- a listener may return one
  test.each([undefined, null, 5, {then: 5}])('is nothing where it returns %j', async returned => {
    const heard = warnings();
    const events = createEvents();
    events.on('resume', () => returned);
    events.emit('resume', RESUME);
    await new Promise(turn => setImmediate(turn));
    expect(heard).toEqual([]);
  });
});

test('an event shows of a decision when it goes again, where it does, and never its gate', () => {
  const facts = {
    action: 'retry',
    reason: 'server-says-retry',
    needs: 'nobody',
    failure: {scope: 'vehicle', effect: 'none'},
  } as const;
  const gate = {scope: 'vehicle', until: 9} as const;
  const decision: Decision = {...facts, gate, backoffKey: 'UPSTREAM'};
  expect(decisionFacts(decision)).toStrictEqual(facts);
  expect(decisionFacts({...decision, delayMs: 0, retryAt: 0})).toStrictEqual({
    ...facts,
    delayMs: 0,
    retryAt: 0,
  });
});
