import type {JournalEntry} from '../simulator/index.ts';
import {printable} from './print.ts';

/** One request in one line. The journal holds no secrets, so neither does the line. */
export function journalLine(entry: JournalEntry): string {
  const {at, method, path, user, token, status, type, code, scripted, effect} = entry;
  const words = [
    new Date(at).toISOString(),
    method,
    path,
    user === undefined ? '' : `user=${user}`,
    token === undefined ? '' : `token=${token}`,
    String(status),
    type === undefined ? '' : code === undefined ? type : `${type}:${code}`,
    scripted ? 'scripted' : '',
    effect ?? '',
  ];
  return printable(words.filter(word => word !== '').join(' '));
}

const lookEveryMs = 50;

/** Hands out entries as they come, and with `stop` the last of them. */
export function followJournal(
  journal: readonly JournalEntry[],
  tell: (entry: JournalEntry) => void,
): {readonly stop: () => void} {
  let last: JournalEntry | undefined;
  const look = (): void => {
    // The journal is a ring: places move, entries stay who they are.
    const next = last === undefined ? 0 : journal.lastIndexOf(last) + 1;
    for (const entry of journal.slice(next)) tell(entry);
    last = journal.at(-1) ?? last;
  };
  const timer = setInterval(look, lookEveryMs);
  return {
    stop() {
      clearInterval(timer);
      look();
    },
  };
}
