import {styleText} from 'node:util';
import type {DurableCounts} from 'smartcar-policy/bullmq';
import type {Simulator} from 'smartcar-policy/simulator';
import type {Member} from './crew.ts';

/** What Smartcar has seen so far. */
export interface Seen {
  readonly requests: number;
  /** Refused for a limit, in all, and for that of the whole application. */
  readonly refused: number;
  readonly refusedToAll: number;
  /** Token pairs that were renewed, and how often that was done for all of them together. */
  readonly generations: number;
  readonly refreshes: number;
}

export function seenBy({journal}: Simulator): Seen {
  const refreshes = journal.filter(({grantType, status}) => grantType === 'refresh_token' && status === 200);
  return {
    requests: journal.filter(({api}) => api === '2.0').length,
    refused: journal.filter(({status}) => status === 429).length,
    refusedToAll: journal.filter(({code}) => code === 'SMARTCAR_API').length,
    generations: new Set(refreshes.map(({user, token}) => `${user} ${token}`)).size,
    refreshes: refreshes.length,
  };
}

export interface Moment {
  readonly elapsed: string;
  readonly total: number;
  readonly counts: DurableCounts;
  readonly members: readonly Readonly<Member>[];
  readonly seen: Seen;
}

const HEAD = ['pid', 'state', 'done', 'under way', 'waiting', 'deferred', 'parked', 'renewed'];

export function tableOf(moment: Moment): readonly string[] {
  const {elapsed, total, counts, members, seen} = moment;
  const {done, running, waiting, delayed, parked, dead} = counts;
  return [
    '',
    styleText('bold', row('', HEAD)),
    ...members.map(rowOf),
    '',
    `${elapsed}   done ${done} of ${total}, in hand ${running}, waiting ${waiting}, deferred ${delayed}, parked ${parked}, dead ${dead}`,
    `${' '.repeat(elapsed.length)}   ${smartcarsView(seen)}`,
  ];
}

export function lineOf({total, counts, members, seen}: Moment): string {
  const {done, running, waiting, delayed, parked, dead} = counts;
  const each = members.map(member =>
    member.state === 'works' ? member.done : `${member.done} (${member.state})`,
  );
  return (
    `done ${done} of ${total} by workers: ${each.join(', ')}; in hand ${running}, waiting ${waiting}, ` +
    `deferred ${delayed}, parked ${parked}, dead ${dead}; ${smartcarsView(seen)}`
  );
}

function smartcarsView({requests, refused, generations, refreshes}: Seen): string {
  return `requests ${requests}, 429s ${refused}, refreshes ${refreshes} of ${generations} token pairs`;
}

function rowOf(member: Readonly<Member>): string {
  const {name, pid, state, done, underWay, waiting, deferred, parked, refreshed} = member;
  const cells = row(name, [pid, state, done, underWay, waiting, deferred, parked, refreshed]);
  return state === 'killed' ? styleText('red', cells) : cells;
}

function row(name: string, cells: readonly (string | number)[]): string {
  return name.padEnd(9) + cells.map((cell, at) => String(cell).padStart(at < 2 ? 8 : 10)).join('');
}
