import type {StoredTokens, TokenStore} from '../ports.ts';
import {memoryEpisodes, memoryMarks} from './memory-records.ts';
import {memoryUsage} from './memory-usage.ts';
import {copyTokens} from '../at-rest/stored-tokens.ts';

/**
 * Keeps tokens in this process: for tests, and for v3, where a lost token costs one request. With v2 a restart loses
 * every owner's grant; use `sqliteStore` there. The calls counted for a quota begin at 0 again, too.
 */
export function memoryStore(): TokenStore {
  const tokens = new Map<string, StoredTokens>();
  const leases = new Map<string, symbol>();
  let generations = 0;
  return {
    get: key => Promise.resolve(tokens.get(key)),
    put(key, pair, replaces) {
      if (replaces !== undefined && (tokens.get(key)?.generation ?? null) !== replaces)
        return Promise.resolve(undefined);
      const generation = String(++generations);
      tokens.set(key, {tokens: Object.freeze(copyTokens(pair)), generation});
      return Promise.resolve(generation);
    },
    delete(key) {
      tokens.delete(key);
      return Promise.resolve();
    },
    // No lease runs out: whoever holds one shares this process, and gives it back even when it fails.
    acquire(name) {
      if (leases.has(name)) return Promise.resolve(undefined);
      const holder = Symbol(name);
      leases.set(name, holder);
      return Promise.resolve({
        release() {
          if (leases.get(name) === holder) leases.delete(name);
          return Promise.resolve();
        },
      });
    },
    usage: memoryUsage(),
    episodes: memoryEpisodes(),
    marks: memoryMarks(),
    close: () => undefined,
  };
}
