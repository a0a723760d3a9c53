import {describe, expect, test} from 'vitest';
import type {Call} from '../../src/engine/call.ts';
import {explain} from '../../src/engine/explain.ts';
import type {TokenKeeper} from '../../src/engine/tokens.ts';
import type {Episode, Episodes, Finding, TokenSource} from '../../src/ports.ts';
import {fakeCall, fakeEngine, NOBODY_AWAY} from './support/engine.ts';
import {lostLogin, noPermission, response, sdkError} from './support/failures.ts';
import {ran} from './support/ran.ts';

const WHO = {user: 'ada', vehicle: 'car', operation: 'odometer'};
const EPISODE = {
  episode: 'e1',
  user: 'ada',
  vehicle: 'car',
  scope: 'vehicle',
  reason: 'CONNECTED_SERVICES_ACCOUNT:AUTHENTICATION_FAILED',
  connectUrl: 'https://connect.test/back',
  since: 1,
} as Episode;
const OUTSIDE = {...EPISODE, outsideScope: true} as Episode;
const REAUTHENTICATE = {resolution: {type: 'REAUTHENTICATE'}};
const undecided = (): Error => sdkError(502, 'UPSTREAM', 'NO_RESPONSE', REAUTHENTICATE);

/** Opens these episodes in turn, and remembers why. */
function opening(...episodes: readonly (Episode | undefined)[]): {
  readonly episodes: Episodes;
  readonly found: (readonly [object, Finding])[];
} {
  const found: (readonly [object, Finding])[] = [];
  const open: Episodes['open'] = async (place, finding) => episodes[found.push([place, finding]) - 1];
  return {episodes: {...NOBODY_AWAY, open}, found};
}

const failing = (): Promise<never> => Promise.reject(new Error('the disk is full'));

describe('an answer that asks for the owner', () => {
  test('opens an episode and ends the call with its own error, and the link', async () => {
    const {episodes, found} = opening(EPISODE);
    const engine = fakeEngine({episodes});
    const error = lostLogin();
    const endpoint = {phrase: 'read the odometer of {car}'};
    const call = fakeCall(engine, WHO, {endpoint});
    expect(await ran(engine, call, error)).toBe(error);
    expect(found).toEqual([
      [
        {user: 'ada', vehicle: 'car', permission: 'odometer'},
        expect.objectContaining({scope: 'vehicle', endpoint, sentAt: call.sentAt}),
      ],
    ]);
    expect(found[0]?.[1]).not.toHaveProperty('generation');
    expect(explain(error)).toMatchObject({action: 'reauthenticate', connectUrl: EPISODE.connectUrl});
  });

  test('parks nothing where it is about a part of what was asked', async () => {
    const {episodes, found} = opening(EPISODE);
    const engine = fakeEngine({episodes});
    const item = {
      path: '/odometer',
      code: 403,
      body: {type: 'PERMISSION', statusCode: 403, ...REAUTHENTICATE},
    };
    const answer = response(400, {responses: [item]});
    expect(await ran(engine, fakeCall(engine, WHO), answer)).toBe(answer);
    expect(explain(answer)).toMatchObject({action: 'reauthenticate', failure: {scope: 'call'}});
    expect(found).toEqual([]);
  });

  test('says what it knows and no more', async () => {
    const {episodes, found} = opening(EPISODE);
    const engine = fakeEngine({episodes});
    // A token does not make the grant behind it dead.
    const tokens = {warm: () => ({accessToken: 'a', generation: 'g'})} as Partial<TokenKeeper> as TokenKeeper;
    const source = {headers: () => ({})} as Partial<TokenSource> as TokenSource;
    await ran({...engine, tokens, source}, fakeCall({...engine, source}, WHO), noPermission());
    expect(found[0]?.[1]).not.toHaveProperty('endpoint');
    expect(found[0]?.[1]).not.toHaveProperty('generation');
  });

  test('opens none without a user, or for a part that parks nothing but itself', async () => {
    const {episodes, found} = opening(EPISODE);
    const engine = fakeEngine({episodes});
    const error = lostLogin();
    expect(await ran(engine, fakeCall(engine, {vehicle: 'car'}), error)).toBe(error);
    expect(found).toEqual([]);
    expect(explain(error)).not.toHaveProperty('connectUrl');
  });

  test('ends the call as it is where the store cannot keep it', async () => {
    const engine = fakeEngine({episodes: {...NOBODY_AWAY, open: failing}});
    const error = lostLogin();
    const {signal} = new AbortController();
    for (const context of [{waitForReauthMs: 100}, {signal}]) {
      expect(await ran(engine, fakeCall(engine, {...WHO, ...context}), error, 'too much')).toBe(error);
      expect(explain(error)).toMatchObject({action: 'reauthenticate'});
    }
  });

  test('ends with the caller’s reason where the caller has gone meanwhile', async () => {
    const caller = new AbortController();
    const open = async (): Promise<Episode> => (caller.abort('gone'), EPISODE);
    const engine = fakeEngine({episodes: {...NOBODY_AWAY, open}});
    expect(await ran(engine, fakeCall(engine, {...WHO, signal: caller.signal}), lostLogin())).toBe('gone');
  });

  test('is old news once where the owner has been back, and then the end', async () => {
    const {episodes, found} = opening(undefined, undefined);
    const engine = fakeEngine({episodes});
    expect(await ran(engine, fakeCall(engine, WHO), lostLogin(), 'a reading')).toBe('a reading');
    const error = lostLogin();
    const again = opening(undefined, undefined);
    const other = fakeEngine({episodes: again.episodes});
    expect(await ran(other, fakeCall(other, {...WHO, waitForReauthMs: 100}), lostLogin(), error)).toBe(error);
    expect([found.length, again.found.length]).toEqual([1, 2]);
  });
});

const over: Episodes['over'] = (_episode, signal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('a call that waits for the owner', () => {
  const waits = {...WHO, waitForReauthMs: 1_000};

  test('goes again when the owner is back, with whatever token there is then', async () => {
    const {episodes} = opening(EPISODE);
    const engine = fakeEngine({episodes});
    const call = fakeCall(engine, waits, {}, {renewed: 'old', probing: true});
    expect(await ran(engine, call, lostLogin(), 'a reading')).toBe('a reading');
    expect([call.renewed, call.stale, call.probing, call.ownerWaits]).toEqual([
      undefined,
      undefined,
      false,
      1,
    ]);
  });

  test('does so twice, and no third time', async () => {
    const {episodes, found} = opening(EPISODE, EPISODE, EPISODE);
    const engine = fakeEngine({episodes});
    const errors = [lostLogin(), lostLogin(), lostLogin()];
    expect(await ran(engine, fakeCall(engine, waits), ...errors)).toBe(errors[2]);
    expect(found).toHaveLength(3);
  });

  test.each<[string, Episode, object, Partial<Call>]>([
    ['the link cannot give what is lacking', OUTSIDE, {}, {}],
    ['its body is gone', EPISODE, {replayable: false}, {}],
    ['it may have been carried out', EPISODE, {command: true}, {}],
  ])('does not go again where %s', async (_name, episode, door, state) => {
    const {episodes} = opening(episode);
    const engine = fakeEngine({episodes});
    const error = undecided();
    expect(await ran(engine, fakeCall(engine, waits, door, state), error, 'too much')).toBe(error);
  });

  test.each<[string, object, object, Error]>([
    ['a command that is idempotent', {idempotent: true}, {command: true}, undecided()],
    ['a command that was refused', {}, {command: true}, lostLogin()],
    ['a read', {}, {}, undecided()],
  ])('goes again as %s', async (_name, context, door, error) => {
    const {episodes} = opening(EPISODE);
    const engine = fakeEngine({episodes});
    const call = fakeCall(engine, {...waits, ...context}, door);
    expect(await ran(engine, call, error, 'once more')).toBe('once more');
  });

  test('ends with its own error when the owner stays away', async () => {
    const {episodes} = opening(EPISODE);
    const engine = fakeEngine({episodes: {...episodes, over}});
    const error = lostLogin();
    expect(await ran(engine, fakeCall(engine, waits), error)).toBe(error);
    expect(explain(error)).toMatchObject({reason: 'parked', connectUrl: EPISODE.connectUrl});
  });
});
