import {PolicyError} from '../core/policy-error.ts';
import {redacted} from '../core/redacted.ts';
import type {EpisodeRecords, Marks, Tokens, TokenStore, UsageCounts} from '../ports.ts';

/** A store whose failures are clear, and which only its owner closes. */
export type Guarded<S extends TokenStore> = Omit<S, 'close'>;

/** A store that throws is the operator's to mend: every failure becomes a `PolicyError` that shows no token. */
export function guardedStore(store: TokenStore): Guarded<TokenStore> {
  return {
    ...(store.leaseMs !== undefined && {leaseMs: store.leaseMs}),
    ...(store.freed && {freed: async (name, ms, signal) => store.freed?.(name, ms, signal)}),
    get: key => guarded('read', key, undefined, () => store.get(key)),
    put: (key, tokens, replaces, fence) =>
      guarded('write', key, tokens, () => store.put(key, tokens, replaces, fence)),
    delete: key => guarded('delete', key, undefined, () => store.delete(key)),
    ...(store.lost && {lost: () => guarded('read', 'lost', undefined, async () => store.lost?.() ?? false)}),
    ...(store.restore && {
      restore: (key, tokens) => guarded('write', key, tokens, async () => store.restore?.(key, tokens)),
    }),
    acquire: (name, leaseMs) =>
      guarded('lock', name.replace(/^refresh:/, ''), undefined, () => store.acquire(name, leaseMs)),
  };
}

const at = <T>(doing: string, action: () => Promise<T>): Promise<T> =>
  guarded(doing, 'episodes', undefined, action);

/** The same for episodes. */
export function guardedEpisodes(records: EpisodeRecords): EpisodeRecords {
  return {
    shared: records.shared,
    open: record => at('write', () => records.open(record)),
    get: episode => at('read', () => records.get(episode)),
    end: (episode, now) => at('delete', () => records.end(episode, now)),
    endedAt: key => at('read', () => records.endedAt(key)),
    move: (episode, time, from, to) => at('write', () => records.move(episode, time, from, to)),
    list: () => at('read', () => records.list()),
    ...(records.atHand && {atHand: () => records.atHand?.() ?? []}),
  };
}

export function guardedUsage(usage: UsageCounts): UsageCounts {
  return {
    add: (period, calls) => guarded('write', 'usage', undefined, () => usage.add(period, calls)),
    count: (period, vehicle) => guarded('read', 'usage', undefined, () => usage.count(period, vehicle)),
    forget: before => guarded('delete', 'usage', undefined, () => usage.forget(before)),
  };
}

export function guardedMarks(marks: Marks): Marks {
  return {
    set: (mark, until, now) => guarded('write', 'marks', undefined, () => marks.set(mark, until, now)),
    keep: (mark, until) => guarded('write', 'marks', undefined, () => marks.keep(mark, until)),
    clear: mark => guarded('delete', 'marks', undefined, () => marks.clear(mark)),
  };
}

async function guarded<T>(
  doing: string,
  key: string,
  tokens: Tokens | undefined,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof PolicyError) throw error;
    const cause = told(error, [tokens?.accessToken, tokens?.refreshToken]);
    throw new PolicyError('CONFIGURATION', `The token store failed to ${doing} "${key}": ${cause.message}`, {
      cause,
    });
  }
}

/** What a store's error says. Not the error itself: clients of databases hang the command, tokens and all, on it. */
function told(error: unknown, secrets: readonly (string | undefined)[]): Error {
  if (!(error instanceof Error)) return new Error(redacted(String(error), secrets));
  const cause = new Error(redacted(error.message, secrets));
  cause.name = error.name;
  if (error.stack !== undefined) cause.stack = redacted(error.stack, secrets);
  const {code} = error as {code?: unknown};
  return typeof code === 'string' ? Object.assign(cause, {code: redacted(code, secrets)}) : cause;
}
