import type {Script} from './script.ts';

/**
 * KEYS pair. ARGV new generation, sealed pair, 'any' | 'none' | 'is' | 'lost', the generation that it replaces, fence or '', how
 * long it is kept in ms, channel, message. Returns 1, or 0 where another has taken its place.
 */
export const put: Script = {
  name: 'smartcarPut',
  keys: 1,
  repeatable: true,
  lua: `local stored = redis.call('HMGET', KEYS[1], 'generation', 'fence')
if stored[1] == ARGV[1] then return 1 end
if ARGV[3] == 'none' and stored[1] then return 0 end
if ARGV[3] == 'lost' and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if ARGV[3] == 'is' and stored[1] ~= ARGV[4] then return 0 end
if ARGV[5] ~= '' and stored[2] and tonumber(stored[2]) > tonumber(ARGV[5]) then return 0 end
redis.call('HSET', KEYS[1], 'generation', ARGV[1], 'sealed', ARGV[2])
if ARGV[5] == '' then redis.call('HDEL', KEYS[1], 'fence') else redis.call('HSET', KEYS[1], 'fence', ARGV[5]) end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('PUBLISH', ARGV[7], ARGV[8])
return 1`,
};

/**
 * KEYS pair. ARGV how long is remembered that it was deleted in ms, channel, message. What stays says that it is not lost,
 * and counts the fences.
 */
export const remove: Script = {
  name: 'smartcarRemove',
  keys: 1,
  repeatable: true,
  lua: `if redis.call('HDEL', KEYS[1], 'generation', 'sealed', 'fence') == 0 then return 0 end
redis.call('HINCRBY', KEYS[1], 'fences', 0)
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 1`,
};
