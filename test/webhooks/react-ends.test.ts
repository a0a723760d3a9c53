import {describe, expect, it, vi} from 'vitest';
import type {GateState} from '../../src/ports.ts';
import {NOON} from './support/bench.ts';
import {
  LOGIN,
  PERMISSION,
  UNREACHABLE,
  GATE,
  episode,
  lackOf,
  watched,
  over,
  state,
} from './support/watched.ts';

describe('an error that is over', () => {
  const standing = [
    episode(),
    episode({vehicle: 'another car'}),
    episode({user: 'bob'}),
    episode({scope: 'user', reason: 'grant-dead'}),
    lackOf('read_odometer'),
    lackOf('read_location', {reason: 'PERMISSION:UNKNOWN'}),
  ];

  it('ends the episode of a lost login, and no other', async () => {
    const {ended, reopened} = await watched({}, standing).tell(over(LOGIN));
    expect([ended, reopened]).toEqual([[standing[0]], []]);
  });

  it('ends the episodes of the permissions that are there again', async () => {
    const signals = ['location-preciselocation'];
    const {ended} = await watched({}, standing).tell(over({...PERMISSION, signals}));
    expect(ended).toEqual([standing[5]]);
  });

  it('ends the episodes of all permissions where it names no signals', async () => {
    const {ended} = await watched({}, standing).tell(over(PERMISSION));
    expect(ended).toEqual([standing[4], standing[5]]);
  });

  it.each([{}, UNREACHABLE])(
    'reopens the gate of a car that can be reached again, and ends no episode',
    async error => {
      const {ended, reopened} = await watched({}, standing).tell(over(error));
      expect([ended, reopened]).toEqual([[], [GATE]]);
    },
  );

  it.each<[string, Partial<GateState>]>([
    ['a limit that was told', {rate: {source: 'learned', perMinute: 1, bucket: 1, available: 0}}],
    ['a limit of the plan', {reason: 'billing'}],
  ])('does not reopen a gate that is shut for %s', async (_name, known) => {
    const gate = {scope: GATE, waiting: 0, inFlight: 0, until: NOON + 1, ...known};
    expect((await watched({}, [], [gate]).tell(over(UNREACHABLE))).reopened).toEqual([]);
  });

  it('asks nothing of a store where nothing is open', async () => {
    const end = vi.fn<() => unknown>();
    await watched({episodes: {open: () => undefined, list: () => [], end}}).tell(over(LOGIN));
    expect(end).not.toHaveBeenCalled();
  });
});

describe('a value that comes from the car', () => {
  const since = NOON - 60_000;
  const standing = [
    episode(),
    episode({reason: 'CONNECTED_SERVICES_ACCOUNT:NO_VEHICLES'}),
    episode({scope: 'user', reason: 'grant-dead'}),
    lackOf('read_odometer'),
  ];

  it('proves that the login works: its episode is over, no other', async () => {
    const {ended, opened} = await watched({}, standing).tell(state(since + 1));
    expect([ended, opened]).toEqual([[standing[0]], []]);
  });

  it.each([
    ['was fetched before the login was lost', since, {}],
    ['is none', since + 1, {body: null}],
    ['is an error', since + 1, {body: undefined, status: {value: 'ERROR', error: {type: 'UPSTREAM'}}}],
  ])('proves nothing where it %s', async (_name, at, more) => {
    expect((await watched({}, standing).tell(state(at, more))).ended).toEqual([]);
  });

  it('ends nothing where it does not say when it was fetched: it may be older than what was lost', async () => {
    expect((await watched({}, standing).tell(state(undefined))).ended).toEqual([]);
    expect((await watched({}, standing).tell({...state(undefined), meta: {}})).ended).toEqual([]);
  });
});
