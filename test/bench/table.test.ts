import {describe, expect, it} from 'vitest';
import {chosen, GROUPS} from '../../bench/groups.ts';
import {added, interleaved, pairedRatio, resultOf} from '../../bench/measure.ts';
import {rowOf, type Row} from '../../bench/row.ts';
import {tableOf} from '../../bench/table.ts';

const facts = {group: 'some', unit: 'µs'};

describe('a result', () => {
  it('is the median of its rounds, with the smallest and the largest', () => {
    const samples = [3, 1, 20];
    expect(resultOf('ours', samples)).toEqual({name: 'ours', median: 3, min: 1, max: 20, samples});
  });

  it('is no number where there was no round', () => {
    expect(resultOf('ours', []).median).toBeNaN();
  });

  it('is compared round by round: what slows both changes nothing', () => {
    // The ratio of the medians would be 10 to 40.
    expect(pairedRatio(resultOf('ours', [1, 10, 100]), resultOf('theirs', [2, 40, 50]))).toBe(0.5);
  });

  it('of a wrapper is what it adds in each round', () => {
    const wrapped = added(resultOf('ours', [5, 9, 30]), resultOf('bare', [1, 2, 20]));
    expect(wrapped).toEqual(resultOf('ours', [4, 7, 10]));
  });
});

it('lets each contender begin in turn, and counts no warm-up', async () => {
  const order: string[] = [];
  const contender = (name: string) => ({name, round: async () => order.push(name)});
  const [one, two] = await interleaved([contender('a'), contender('b')], 2, 1);
  expect(order.join('')).toBe('abbaab');
  expect([one, two].map(({name, samples}) => [name, samples])).toEqual([
    ['a', [4, 5]],
    ['b', [3, 6]],
  ]);
});

describe('a row', () => {
  const ours = resultOf('ours', [2, 1, 3]);
  const theirs = resultOf('theirs', [4, 2, 6]);

  it('has a ratio only beside somebody, and a verdict only on a goal', () => {
    expect(rowOf(ours, facts)).toEqual({...facts, name: 'ours', value: 2, min: 1, max: 3});
  });

  it('names whom its ratio is against', () => {
    expect(rowOf(ours, {...facts, against: theirs})).toMatchObject({ratio: 0.5, against: 'theirs'});
  });

  it.each([
    [{of: 'ratio', atMost: 0.5}, 'ratio at most 0.5', true],
    [{of: 'ratio', atMost: 0.4}, 'ratio at most 0.4', false],
    [{of: 'ratio', atLeast: 0.95}, 'ratio at least 0.95', false],
    [{of: 'median', atMost: 2}, 'at most 2', true],
    [{of: 'median', atLeast: 3_000}, 'at least 3000', false],
  ] as const)('is judged: %j', (goal, words, met) => {
    expect(rowOf(ours, {...facts, against: theirs, goal})).toMatchObject({goal: words, met});
  });

  it('cannot have a ratio for a goal beside nobody', () => {
    expect(() => rowOf(ours, {...facts, goal: {of: 'ratio', atMost: 1}})).toThrow(
      'contender to compare with',
    );
  });
});

describe('the table', () => {
  const ours: Row = {
    ...facts,
    name: 'ours',
    value: 1.234,
    min: 1,
    max: 150.4,
    ratio: 0.222,
    against: 'a peer',
    goal: 'ratio at most 0.5',
    met: true,
  };

  it('has columns as wide as what stands in them, numbers to the right', () => {
    const peer: Row = {...facts, name: 'a peer', value: 12_345.6, min: 5, max: 5};
    expect(tableOf([ours, peer]).split('\n')).toEqual([
      'group  contender  median  unit        range  ratio  against  goal',
      '-----  ---------  ------  ----  -----------  -----  -------  ----------------------',
      'some   ours         1.23  µs    1.00 to 150   0.22  a peer   ratio at most 0.5: met',
      'some   a peer      12346  µs',
    ]);
  });

  it('says of a goal that it was missed', () => {
    expect(tableOf([{...ours, met: false}])).toContain('ratio at most 0.5: missed');
  });
});

describe('the groups', () => {
  it('all run where none is named', () => {
    expect(chosen([])).toEqual(GROUPS);
  });

  it('run once each and in their own order', () => {
    const groups = chosen(['import', 'overhead', 'import']);
    expect(groups.map(({name}) => name)).toEqual(['overhead', 'import']);
  });

  it('that nobody knows are told, with those there are', () => {
    expect(() => chosen(['import', 'burst', 'imports'])).toThrow(
      'Expected groups of the bench (overhead, explain, throughput, import, simulator, admission, redis), got burst, imports',
    );
  });
});
