import {describe, expect, test} from 'vitest';
import {type Scenario, readScenario} from '../../src/simulator/index.ts';

function refusal(given: unknown): string {
  try {
    readScenario(given);
    return 'accepted';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

describe('a scenario file', () => {
  test('is read from its text', () => {
    const scenario: Scenario = {
      description: 'a maker is away',
      seed: 1,
      tokens: {graceMs: 0},
      timeline: [{atMs: 0, sendEvent: {vehicle: 'car', error: 'PERMISSION', state: 'RESOLVED'}}],
    };
    expect(readScenario(JSON.stringify(scenario))).toEqual(scenario);
    expect(readScenario(`\uFEFF${JSON.stringify(scenario)}`)).toEqual(scenario);
  });

  test('says in JSON what has no JSON', () => {
    const match = {path: {pattern: '^/v3/.*/signals', flags: 'i'}, times: 'Infinity'};
    const {script} = readScenario({script: [{match, reply: {html: 502}}]});
    expect(script?.[0]?.match).toEqual({path: /^\/v3\/.*\/signals/i, times: Infinity});
    expect(readScenario({script}).script).toEqual(script);
  });

  test.each([
    ['', 'the end of the text', 1, 1],
    ['nonsense', '`n`', 1, 1],
    ['{"seed": 1,}', '`}`', 1, 12],
    ['{\n  "seed": 1\n  "limits": {}\n}', '`"`', 3, 3],
    ['{"owners": [', 'the end of the text', 1, 13],
    ['{"owners": [{"id": "a}]', '`"`', 1, 20],
    ['{"seed": 01}', '`0`', 1, 10],
    ['{"seed": 1}\n}', '`}`', 2, 1],
    ["{'seed': 1}", "`'`", 1, 2],
    ['{"a" 1}', '`1`', 1, 6],
    ['[1 2]', '`2`', 1, 4],
    ['{"a": "\\x"}', '`"`', 1, 7],
    ['{{}}', '`{`', 1, 2],
    ['[1, ]', '`]`', 1, 5],
    ['{} // done', '`/`', 1, 4],
  ])('that is no JSON is refused with its place: %j', (text, found, line, column) => {
    expect(refusal(text)).toBe(
      `SyntaxError: Expected the scenario to be JSON, found ${found} in line ${line}, column ${column}.`,
    );
  });

  test.each<[unknown, string]>([
    [null, 'Expected the scenario to be an object, got null.'],
    [{timelin: []}, 'Unknown member `timelin`: did you mean `timeline`?'],
    [{owners: {}}, 'Expected `owners` to be a list of owners, got an object.'],
    [
      {owners: [{grant: 'yes'}]},
      'Expected `owners[0].grant` to be true, or an object with scope and vehicles, got `yes` (string).',
    ],
    [
      {owners: [{vehicles: [{fault: 'ASLEEP'}]}]},
      'Expected `owners[0].vehicles[0].fault` to be an error such as VEHICLE_STATE:ASLEEP, or null, got `ASLEEP` (string).',
    ],
    [
      {timeline: [{atMs: 1}]},
      'Expected `timeline[0]` to be an object with atMs and one of advance, jump, revoke, restore, expireAccessTokens, next, setLimits, updateVehicle, sendEvent, got an object.',
    ],
    [
      {timeline: [{atMs: 1, jump: 1, advance: 1}]},
      'Expected `timeline[0]` to be an object with atMs and one of advance, jump, revoke, restore, expireAccessTokens, next, setLimits, updateVehicle, sendEvent, got an object.',
    ],
    [
      {timeline: [{jump: 1}]},
      'Expected `timeline[0].atMs` to be a finite number of milliseconds from 0 up, got nothing.',
    ],
    [{timeline: [{atMs: 1, revok: {}}]}, 'Unknown member `timeline[0].revok`: did you mean `revoke`?'],
    [
      {timeline: [{atMs: 1, updateVehicle: {vehicle: 'car', change: {vim: 'van'}}}]},
      'Unknown member `timeline[0].updateVehicle.change.vim`: did you mean `vin`?',
    ],
    [
      {owners: [{grant: {tokens: 1}}]},
      'Unknown member `owners[0].grant.tokens`: what can be given is scope, vehicles.',
    ],
    [
      {script: [{match: {path: {pattern: '('}}, reply: {status: 418}}]},
      'Expected `script[0].match.path.pattern` to be the pattern of a regular expression, got `(` (string).',
    ],
    [
      {script: [{match: {path: {pattern: 'a', flags: 'ii'}}, reply: {status: 418}}]},
      'Expected `script[0].match.path.flags` to be the flags of a regular expression, such as i, got `ii` (string).',
    ],
    [
      {script: [{match: {path: {pattern: 'a', flag: 'i'}}, reply: {status: 418}}]},
      'Unknown member `script[0].match.path.flag`: did you mean `flags`?',
    ],
    [
      {revoke: [{owner: 'ada', how: 'permission', permission: 'odometer'}]},
      'Expected `revoke[0].permission` to be a permission such as read_odometer, got `odometer` (string).',
    ],
    [{script: [{match: {}}]}, 'Expected `script[0].reply` to be given, got nothing.'],
  ])('that makes no sense is refused by member: %j', (given, message) => {
    expect(refusal(given)).toBe(`TypeError: ${message}`);
  });

  test('with the same mistake everywhere is told of it ten times', () => {
    const message = refusal({owners: Array.from({length: 1_000}, () => ({emial: 'x'}))});
    expect(message.match(/Unknown member/g)).toHaveLength(10);
    expect(message).toMatch(/ And 990 more\.$/);
  });

  test('names a misspelt member of a reply', () => {
    const script = [{match: {metod: 'GET'}, reply: {error: 'UPSTREAM:NO_RESPONSE', descripton: 'x'}}];
    const message = refusal({script});
    expect(message).toContain('Unknown member `script[0].match.metod`: did you mean `method`?');
    expect(message).toContain('Unknown member `script[0].reply.descripton`: did you mean `description`?');
  });
});
