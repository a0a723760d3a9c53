import {describe, expect, it} from 'vitest';
import {EXIT_CODES} from '../../src/cli/explain-codes.ts';
import {always, laidOut, painter, plain, wrapped} from '../../src/cli/report-layout.ts';
import {actorOf, defaultMaxWaitMs, lasting, momentOf, policyOf} from '../../src/cli/report-words.ts';
import {type Paper, report} from '../../src/cli/report.ts';
import type {Explanation, FailedPart, Failure} from '../../src/index.ts';
import {DEFAULTS} from '../../src/options.ts';
import {type Case, allCases} from '../cases/case.ts';
import {withoutColours} from '../docs/terminal-picture.ts';
import {explained, NOW, somewhere} from './explain-support.ts';

const paper: Paper = {now: NOW, width: 100, paint: plain};

const told: Explanation = {
  action: 'retry',
  reason: 'server-says-retry',
  needs: 'nobody',
  failure: {type: 'UPSTREAM', code: 'RATE_LIMIT', status: 429, scope: 'vehicle', effect: 'none'},
  attempts: 1,
  waitedMs: 0,
  retryAt: NOW + 30_000,
  userMessage: "We couldn't reach your car right now. Please try again later.",
  hints: [],
};

const part = (name: string, over: Partial<FailedPart> = {}): FailedPart => {
  const {attempts: _attempts, waitedMs: _waited, ...rest} = told;
  return {name, state: 'failed', ...rest, ...over};
};

const paid: Partial<FailedPart> = {
  action: 'fail',
  reason: 'billing',
  needs: 'finance',
  failure: {type: 'BILLING', status: 430, scope: 'application', effect: 'none'},
};

describe('a report', () => {
  it('stands on the paper as it is given', () => {
    const explanation: Explanation = {
      ...told,
      failure: {...told.failure, description: 'Slow down.', requestId: 'r-1'},
      hints: ['Smartcar says that the call can be repeated later.', 'Smartcar says: Slow down.', 'Ask less.'],
      connectUrl: 'https://connect.smartcar.com/x',
      docUrl: 'https://smartcar.com/docs/x',
    };
    expect(report({explanation, takenForRead: false}, paper)).toBe(`UPSTREAM:RATE_LIMIT, 429
what      Slow down.
why       Smartcar says that the call can be repeated later. (server-says-retry)
who acts  nobody: it passes by itself
policy    repeats the call in 30 s; until then no other call to this car goes out
again     2026-06-01T00:00:30.000Z, in 30 s
owner     We couldn't reach your car right now. Please try again later.
link      https://connect.smartcar.com/x
hints     - Ask less.
request   r-1
more      https://smartcar.com/docs/x
`);
  });

  it('says that it took the call for a read', () => {
    const text = report({explanation: told, takenForRead: true}, paper);
    expect(text).toMatch(/^hints +- Judged as a read/m);
  });

  it('tells of parts that failed alike once, and of what blocks most first', () => {
    const parts = [
      part('/odometer'),
      {name: '/vin', state: 'ok', body: {}} as const,
      part('/fuel', {userMessage: 'Another one.', retryAt: NOW + 31_000}),
      part('/location', paid),
      {name: '/tires', state: 'unavailable'} as const,
    ];
    const text = report({explanation: told, parts, takenForRead: false}, paper);
    expect(text).toMatch(/^3 of 5 parts failed\nok +\/vin\nno data +\/tires\n\n\/location: BILLING, 430\n/);
    expect(text).toMatch(/^\/odometer, \/fuel: UPSTREAM:RATE_LIMIT, 429$/m);
    expect(text).toMatch(/^again .*, in 31 s$/m);
    expect(text).toMatch(/^owner .* \(for the others alike\)$/m);
    expect(text.match(/^why /gm)).toHaveLength(2);
  });

  it('names a few of many parts', () => {
    const parts = Array.from({length: 40}, (_, index) => part(`/p${index}`));
    const text = report({explanation: told, parts, takenForRead: false}, paper);
    expect(text).toMatch(/^\/p0, .*, \/p7 and 32 more: UPSTREAM/m);
    expect(text.split('\n').length).toBeLessThan(15);
  });

  it('lets no text of a stranger move the cursor', () => {
    const failure = {
      ...told.failure,
      type: 'A\u001b[2J',
      description: 'one\ntwo\u009b2J',
      requestId: '\u202er',
    };
    const text = report({explanation: {...told, failure}, takenForRead: false}, paper);
    expect(text).not.toMatch(/[\p{Cf}\u009b]|\p{Cc}(?<!\n)/u);
    expect(text).toMatch(/^what +one two/m);
  });

  it('is as wide as its paper, and the same with colours', () => {
    const explanation: Explanation = {...told, hints: ['word '.repeat(60), `https://${'x'.repeat(120)}`]};
    const narrow = report({explanation, takenForRead: false}, {...paper, width: 50});
    for (const line of narrow.split('\n').filter(one => !one.includes('https'))) {
      expect(line.length).toBeLessThanOrEqual(50);
    }
    const coloured = report({explanation, takenForRead: false}, {...paper, width: 50, paint: always});
    expect(coloured).not.toBe(narrow);
    expect(withoutColours(coloured)).toBe(narrow);
  });
});

const failed = (over: Partial<Explanation>): string => policyOf({...told, ...over}, NOW);

describe('the row about the policy', () => {
  it.each([
    ['a wait as long as calls wait', {retryAt: NOW + 60_000}, /^repeats the call in 60 s; until then/],
    ['a longer one', {retryAt: NOW + 60_001}, /^repeats the call in 61 s where `maxWaitMs` allows/],
    ['a refresh', {action: 'refresh'}, /^gets a new token/],
    ['an owner who has to come', {action: 'reauthenticate'}, /holds calls to this car back/],
    ['an unknown outcome', {action: 'fail', reason: 'outcome-unknown'}, /not sent a second time$/],
    ['any other end', {action: 'fail', reason: 'billing'}, /nothing is repeated$/],
  ] as const)('tells of %s', (_, over, expected) => {
    expect(failed(over)).toMatch(expected);
  });

  it('knows the default of `maxWaitMs`', () => {
    expect(defaultMaxWaitMs).toBe(DEFAULTS.maxWaitMs);
  });

  it('parks nothing for a part of an answer', () => {
    expect(failed({action: 'reauthenticate', failure: {...told.failure, scope: 'call'}})).toMatch(
      /nobody is held back$/,
    );
  });
});

it.each([
  [1, '0.1 s'],
  [250, '0.3 s'],
  [9_999, '10 s'],
  [10_001, '11 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [120_001, '3 min'],
  [7_199_000, '120 min'],
  [7_200_000, '2 h'],
  [172_800_000, '2 d'],
])('%d ms are %s', (ms, words) => {
  expect(lasting(ms)).toBe(words);
});

it('a moment is told as a log has it, from now, and as its reader writes it', () => {
  expect(momentOf(NOW, NOW)).toBe('2026-06-01T00:00:00.000Z, now');
  expect(momentOf(NOW - 1, NOW)).toBe('2026-05-31T23:59:59.999Z, now');
  expect(momentOf(NOW + 90_000, NOW, 'de-DE')).toMatch(/Z, in 90 s \(\d\d\.0[56]\.2026, \d\d:\d\d:30\)$/);
  expect(momentOf(Number.MAX_VALUE, NOW)).toBeUndefined();
});

it('lines break at spaces', () => {
  expect(wrapped('one two three', 8)).toEqual(['one two', 'three']);
  expect(wrapped('onetwothree four', 8)).toEqual(['onetwothree', 'four']);
  expect(laidOut([{label: 'a', text: ['b c', 'd']}], 13, plain)).toEqual([
    'a         - b',
    '            c',
    '          - d',
  ]);
});

it('what is no terminal gets no colours', () => {
  const stream = {isTTY: false} as NodeJS.WriteStream;
  expect(painter(stream)('title', 'x')).toBe('x');
});

const input = ({request, response, redirect, webhook}: Case): string =>
  redirect ?? JSON.stringify(webhook ?? {request, response});

const word = ({type, code}: Failure): unknown[] => [type, code];

describe('every error ever seen', () => {
  const cases = allCases().filter(one => one.response ?? one.redirect ?? one.webhook);
  it('is explained as the policy explains it, with the exit code of who has to act', async () => {
    expect(cases.length).toBeGreaterThan(280);
    for (const one of cases) {
      const {name, expect: expected} = one;
      const {text, code: ended} = await explained(['--json', '--app', 'Volt'], somewhere(input(one)));
      const {parts, action, reason, needs, failure, userMessage} = JSON.parse(text) as Explanation & {
        parts?: readonly unknown[];
      };
      expect([name, ended, ...word(failure)]).toEqual([name, EXIT_CODES[needs], ...word(expected.failure)]);
      // A part has been judged by the token that was good for the whole.
      if (parts) continue;
      expect({name, action, reason, needs, failure, userMessage}).toEqual({
        name,
        ...expected.decision,
        failure: expected.failure,
        userMessage: expected.userMessage,
      });
    }
  });

  it('gives a report that fits on a screen, and repeats nothing that the server says', async () => {
    for (const one of cases) {
      const {text} = await explained([], somewhere(input(one)));
      const lines = text.trimEnd().split('\n');
      const said = text.split('in the words of the server').length - 1;
      const odd = lines.filter(line => /undefined|NaN|\[object/.test(line));
      const labels = ['why', 'who acts', 'policy', 'owner'].filter(label => !text.includes(`\n${label} `));
      expect({name: one.name, short: lines.length <= 25, once: said <= 1, odd, labels}).toEqual({
        name: one.name,
        short: true,
        once: true,
        odd: [],
        labels: [],
      });
    }
  });
});

it('JSON that is printed moves no cursor, and holds what the text held', async () => {
  const description = 'a\u001b[2J\u009b2J\u202e\u{e0001}é';
  const {text} = await explained(['--json'], somewhere(JSON.stringify({type: 'UPSTREAM', description})));
  expect(text.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect((JSON.parse(text) as Explanation).failure.description).toBe(description);
});

it('parts that are nested without end are refused in words', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const batch = `{"responses": [{"path": "/vin", "code": 200, "body": ${deep}}, {"path": "/x", "code": 500}]}`;
  await expect(explained(['--json'], somewhere(batch))).rejects.toThrow(/nested too deeply to be printed\.$/);
});

it('whoever acts is spelled out', () => {
  const acts = (['nobody', 'owner', 'developer', 'support', 'finance'] as const).map(needs =>
    actorOf({...told, action: 'fail', reason: 'billing', needs}),
  );
  expect(new Set(acts).size).toBe(5);
});
