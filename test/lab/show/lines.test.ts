import {describe, expect, it} from 'vitest';
import {linesOf, sameLines} from '../../../src/lab/show/lines.ts';
import {peerWith} from './results.ts';

const line = (policy: string, good: readonly number[]): ReturnType<typeof peerWith> =>
  peerWith({policy, series: {stepMs: 1_000, good, calls: good}});

const CALM = Array.from({length: 20}, () => 100);

describe('good answers over time', () => {
  it('are shown step by step', () => {
    const {addedUp, highest, lines} = linesOf([line('a', CALM), line('b', [3])]);
    expect({addedUp, highest}).toEqual({addedUp: false, highest: 100});
    expect(lines.map(({values}) => values)).toEqual([CALM, [3]]);
  });

  it('are added up where they come in many bursts, to the end of the longest line', () => {
    const {addedUp, highest, lines} = linesOf([line('a', [5, 0, 5, 0, 5, 0]), line('b', [1, 0, 1])]);
    expect({addedUp, highest}).toEqual({addedUp: true, highest: 15});
    expect(lines[1]?.values).toEqual([1, 1, 2, 2, 2, 2]);
  });

  it('tell which lines lie on one another', () => {
    const lines = linesOf([
      line('a', CALM),
      line('a little else', CALM.with(3, 98)),
      line('a peak', CALM.with(3, 60)),
      line(
        'half',
        CALM.map(one => one / 2),
      ),
      line(
        'half too',
        CALM.map(one => one / 2),
      ),
    ]);
    expect(sameLines(lines)).toEqual([
      ['a', 'a little else'],
      ['half', 'half too'],
    ]);
  });

  it('can be of nobody', () => {
    expect(linesOf([])).toMatchObject({addedUp: false, highest: 1, lines: []});
  });
});
