import {NOW, type Script} from './script.ts';

/**
 * KEYS lock, journal, pair. ARGV owner, lease in ms, how long the journal is kept in ms.
 * Returns {1, fence, ms since an earlier holder began and never finished (-1: none)} or {0, ms until the lease ends}.
 * The journal names the pair that the first of them began with: its age tells how much of the grace is left.
 */
export const acquire: Script = {
  name: 'smartcarAcquire',
  keys: 3,
  repeatable: true,
  lua: `${NOW}
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return {0, redis.call('PTTL', KEYS[1])} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local fence = redis.call('HINCRBY', KEYS[3], 'fences', 1)
if redis.call('HEXISTS', KEYS[3], 'sealed') == 0 then redis.call('PEXPIRE', KEYS[3], ARGV[3]) end
if holder then return {1, fence, -1} end
local generation = redis.call('HGET', KEYS[3], 'generation') or ''
local at, of = string.match(redis.call('GET', KEYS[2]) or '', '^(%d+)|(.*)$')
if at and of == generation then return {1, fence, now - tonumber(at)} end
redis.call('SET', KEYS[2], string.format('%.0f', now) .. '|' .. generation, 'PX', ARGV[3])
return {1, fence, -1}`,
};

/** KEYS lock. ARGV owner, lease in ms. Returns 1, or 0 where it is somebody else's by now. */
export const renew: Script = {
  name: 'smartcarRenew',
  keys: 1,
  repeatable: true,
  lua: `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`,
};

/** KEYS lock, journal. ARGV owner, channel, message. Takes nothing from the next holder. */
export const release: Script = {
  name: 'smartcarRelease',
  keys: 2,
  repeatable: true,
  lua: `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
redis.pcall('PUBLISH', ARGV[2], ARGV[3])
return 1`,
};
