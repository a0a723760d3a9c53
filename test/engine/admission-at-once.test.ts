import {describe, expect, test} from 'vitest';
import {admitAtOnce} from '../../src/engine/admission.ts';
import type {Call} from '../../src/engine/call.ts';
import type {Engine} from '../../src/engine/engine.ts';
import type {HeldToken, TokenKeeper} from '../../src/engine/tokens.ts';
import type {Gates, TokenSource} from '../../src/ports.ts';
import {fakeCall, fakeEngine, OPEN_GATES} from './support/engine.ts';

const WHO = {user: 'ada', vehicle: 'car'};
const tokenOf = (name: string): HeldToken => ({accessToken: name, generation: `of ${name}`});
const SOURCE = {key: user => `key-${user}`} as Partial<TokenSource> as TokenSource;
const keeper = (more: Partial<TokenKeeper>): TokenKeeper =>
  ({warm: () => undefined, expiresAt: () => undefined, ...more}) as Partial<TokenKeeper> as TokenKeeper;
const gatesOf = (more: Partial<Gates>): Partial<Engine> => ({gates: {...OPEN_GATES, ...more}});

const parking = (): never => ({episode: 'e1'}) as never;

describe('a call that nothing stands against', () => {
  test('has its token and its places at once', () => {
    const token = tokenOf('a');
    const engine = fakeEngine({source: SOURCE, tokens: keeper({warm: () => token})});
    const admission = admitAtOnce(engine, fakeCall(engine, WHO));
    expect(admission).toMatchObject({token, left: false});
    expect(admission?.passes.map(({key}) => key)).toEqual(['application']);
  });

  test('needs no token where the policy puts none on it', () => {
    const engine = fakeEngine({source: SOURCE, tokens: keeper({})});
    const own = fakeCall(engine, WHO, {ownAuthorization: true});
    expect(admitAtOnce(engine, own)).toMatchObject({token: undefined});
    expect(admitAtOnce(engine, fakeCall(engine, WHO))).toBeUndefined();
  });

  test.each<[string, boolean, boolean, readonly string[]]>([
    ['a read where only the gate of all can be shut', true, false, ['application']],
    ['a read', false, false, ['vehicle:car', 'user:ada', 'application']],
    ['a command', true, true, ['commands:car', 'vehicle:car', 'user:ada', 'application']],
  ])('takes the places of %s', (_name, quiet, command, keys) => {
    const engine = fakeEngine(gatesOf({quiet}));
    const admission = admitAtOnce(engine, fakeCall(engine, WHO, {command}));
    expect(admission?.passes.map(({key}) => key)).toEqual(keys);
  });

  const away = fakeEngine().episodes;
  test.each<[string, Partial<Engine>, Partial<Call>, boolean]>([
    ['its token was refused', {}, {stale: 'a'}, false],
    ['who is away was not read yet', {episodes: {...away, loaded: false}}, {}, false],
    [
      'it is read by what is shared',
      {episodes: {...away, loaded: false}, ...gatesOf({shared: true})},
      {},
      true,
    ],
    ['news may be missing', gatesOf({current: false}), {}, false],
    ['a gate is shut', gatesOf({enterAtOnce: () => undefined}), {}, false],
    ['it is parked', {episodes: {...away, any: true, parking}}, {}, false],
    ['somebody else is parked', {episodes: {...away, any: true}}, {}, true],
    ['nobody is away', {episodes: {...away, any: false, parking}}, {}, true],
    ['it is to probe', {episodes: {...away, any: true, parking}}, {probing: true}, true],
  ])('or something does: %s', (_name, more, state, admitted) => {
    const engine = fakeEngine(more);
    expect(admitAtOnce(engine, fakeCall(engine, WHO, {}, state)) !== undefined).toBe(admitted);
  });
});
