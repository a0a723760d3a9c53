import type {Script} from './script.ts';

/**
 * KEYS pair. ARGV new generation, sealed pair, 'any' | 'none' | 'is' | 'lost', the generation that it replaces, fence or '', how
 * long it is kept in ms, channel, message. Returns 1, or 0 where another has taken its place. Where the server has lost the
 * pair that this one replaces, nobody has taken it.
 */
export const put: Script = {
  name: 'smartcarPut',
  keys: 1,
  repeatable: true,
  lua: `local stored = redis.call('HMGET', KEYS[1], 'generation', 'fence', 'deleted')
if stored[1] == ARGV[1] then return 1 end
local lost = not stored[1] and not stored[3]
if ARGV[3] == 'none' and stored[1] then return 0 end
if ARGV[3] == 'lost' and not lost then return 0 end
if ARGV[3] == 'is' and stored[1] ~= ARGV[4] and not lost then return 0 end
if ARGV[5] ~= '' and stored[2] and tonumber(stored[2]) > tonumber(ARGV[5]) then return 0 end
redis.call('HSET', KEYS[1], 'generation', ARGV[1], 'sealed', ARGV[2])
redis.call('HDEL', KEYS[1], 'deleted')
if ARGV[5] == '' then redis.call('HDEL', KEYS[1], 'fence') else redis.call('HSET', KEYS[1], 'fence', ARGV[5]) end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.pcall('PUBLISH', ARGV[7], ARGV[8])
return 1`,
};

/**
 * KEYS pair. ARGV how long is remembered that it was deleted in ms, channel, message. What neither is there nor was deleted
 * was lost.
 */
export const remove: Script = {
  name: 'smartcarRemove',
  keys: 1,
  repeatable: true,
  lua: `if redis.call('HDEL', KEYS[1], 'generation', 'sealed', 'fence') == 0 then return 0 end
redis.call('HSET', KEYS[1], 'deleted', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.pcall('PUBLISH', ARGV[2], ARGV[3])
return 1`,
};
