import {describe, expect, it} from 'vitest';
import {table} from '../../../src/lab/show/table.ts';
import {peerWith, resultWith, scenarioWith} from './results.ts';

/** The titles of the columns, in their order. */
function titles(text: string): readonly string[] {
  const header = text.split('\n').find(line => line.startsWith('policy')) ?? '';
  return header.split(/ {2,}/);
}

const withRecovery = (recoveryMs: number | null): readonly string[] =>
  titles(table(scenarioWith({results: [resultWith({recoveryMs: 0}), peerWith({recoveryMs})]})));

describe('the table of a scenario', () => {
  it('stands on the paper as it is given', () => {
    const results = [
      resultWith({
        limit: 1_000,
        amplificationInFault: 0.5,
        wasted: 0.0001,
        early: 1,
        recoveryMs: 12_000,
        falseAlarms: 2,
      }),
      peerWith({
        good: 250,
        limit: 1_000,
        calls: 12_500,
        amplification: 12.5,
        amplificationInFault: 30.128,
        wasted: 0.07,
        early: 12_345,
        p50Ms: 4_300_000,
        p99Ms: 40,
        recoveryMs: null,
        billedPerGood: 50,
      }),
    ];
    const goals = [
      {policy: 'smartcar-policy', goal: 'at least 99 % of the limit', value: '99.6 %', met: true},
      {policy: 'smartcar-policy', goal: 'no call early', value: '1', met: false},
    ];
    expect(table(scenarioWith({results, goals}), 140)).toBe(`calm, few cars
Nothing happens.

policy             good  of limit  calls  in fault  wasted   early    p50      p99  recovery  alarms  billed
smartcar-policy  99.6 %    99.6 %   1.25      0.50   0.1 %       1  0.4 s  2.9 min      12 s       2    1.00
ky               25.0 %    25.0 %  12.50     30.13   7.0 %  12 345  1.2 h    40 ms     never       0   50.00

met      smartcar-policy: at least 99 % of the limit (99.6 %)
NOT met  smartcar-policy: no call early (1)`);
  });

  it('leaves out what is zero or absent for everybody', () => {
    expect(titles(table(scenarioWith()))).toEqual(['policy', 'good', 'calls', 'p50', 'p99', 'billed']);
  });

  it('keeps what one policy alone has something to say about', () => {
    const text = table(
      scenarioWith({results: [resultWith(), peerWith({twice: 3, refreshesPerGeneration: 1.005})]}),
    );
    expect(titles(text)).toEqual(['policy', 'good', 'calls', 'p50', 'p99', 'refreshes', 'twice', 'billed']);
    expect(text).toMatch(/^smartcar-policy .* –  +0 /m);
  });

  it('keeps recovery unless everybody recovers at once', () => {
    expect(withRecovery(0)).not.toContain('recovery');
    expect(withRecovery(null)).toContain('recovery');
    expect(withRecovery(1_000)).toContain('recovery');
  });

  it('keeps good and calls even where they are zero', () => {
    const nothing = {asked: 0, good: 0, calls: 0, amplification: Number.NaN};
    const text = table(scenarioWith({results: [resultWith(nothing)]}));
    expect(titles(text).slice(0, 3)).toEqual(['policy', 'good', 'calls']);
    expect(text).not.toContain('NaN');
  });

  it('has no column for a limit where there is none', () => {
    expect(table(scenarioWith())).not.toContain('of limit');
  });

  it('never makes less than all look like all, nor something like nothing', () => {
    const text = table(scenarioWith({results: [resultWith({asked: 9_999, good: 9_998, wasted: 1e-6})]}));
    expect(text).toContain('99.9 %');
    expect(text).toContain('0.1 %');
  });

  it('begins anew below where the paper is too narrow', () => {
    const lines = table(scenarioWith(), 40).split('\n');
    expect(lines.filter(line => line.startsWith('policy'))).toHaveLength(2);
    expect(lines.filter(line => line.startsWith('smartcar-policy'))).toHaveLength(2);
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(40);
  });

  it('wraps sentences and goals, and is silent where nothing ran', () => {
    const goal = {policy: 'ours', goal: 'a goal that takes some words to say', value: '1', met: false};
    const about = 'A sentence that takes some words to say.';
    expect(table(scenarioWith({about, results: [], goals: [goal]}), 30)).toBe(`calm, few cars
A sentence that takes some
words to say.

NOT met  ours: a goal that
         takes some words to
         say (1)`);
  });
});
