import {styleText} from 'node:util';
import type {Policy} from 'smartcar-policy';
import type {Simulator} from 'smartcar-policy/simulator';

interface Row {
  readonly chapter: string;
  readonly calls: number;
  readonly attempts: number;
  readonly refreshes: number;
  readonly wasted: number;
}

/** Counts, chapter by chapter, what was asked for and what it cost. */
export interface Tally {
  chapter<T>(name: string, act: () => Promise<T>): Promise<T>;
  table(): string;
}

/** Attempts and refreshes are counted where they arrive: in the simulator's journal. */
export function createTally(simulator: Simulator, policies: readonly Policy[]): Tally {
  const rows: Row[] = [];
  let calls = 0;
  for (const policy of policies) {
    policy.on('success', () => void (calls += 1));
    policy.on('fail', () => void (calls += 1));
  }
  return {
    async chapter(name, act) {
      const from = simulator.journal.length;
      calls = 0;
      const result = await act();
      const seen = simulator.journal.slice(from);
      const api = seen.filter(entry => entry.api === '2.0' || entry.api === '3');
      rows.push({
        chapter: name,
        calls,
        attempts: api.length,
        refreshes: seen.filter(entry => entry.api === 'oauth').length,
        wasted: api.filter(({status}) => typeof status !== 'number' || status >= 400).length,
      });
      return result;
    },
    table() {
      const sum = (key: 'calls' | 'attempts' | 'refreshes' | 'wasted'): number =>
        rows.reduce((total, row) => total + row[key], 0);
      const total = {
        chapter: 'in all',
        calls: sum('calls'),
        attempts: sum('attempts'),
        refreshes: sum('refreshes'),
        wasted: sum('wasted'),
      };
      const head = line('', ['calls', 'attempts', 'refreshes', 'wasted']);
      const body = [...rows, total].map(({chapter, ...numbers}) => line(chapter, Object.values(numbers)));
      return [styleText('bold', head), ...body.slice(0, -1), styleText('bold', body.at(-1) ?? '')].join('\n');
    },
  };
}

function line(name: string, cells: readonly (string | number)[]): string {
  return name.padEnd(34) + cells.map(cell => String(cell).padStart(11)).join('');
}
