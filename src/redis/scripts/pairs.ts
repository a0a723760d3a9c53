import {NOW, type Script} from './script.ts';

/**
 * KEYS pair. ARGV new generation, sealed pair, 'any' | 'none' | 'is' | 'lost', the generation that it replaces, fence or '', how
 * long it is kept in ms, channel, message, when its access token ends. Returns 1, or 0 where another has taken its place. Where
 * the server has lost the pair that this one replaces, nobody has taken it. 'lost' puts back what was lost: the newest of those
 * that several processes put back stays.
 */
export const put: Script = {
  name: 'smartcarPut',
  keys: 1,
  repeatable: true,
  lua: `local stored = redis.call('HMGET', KEYS[1], 'generation', 'fence', 'deleted', 'restored', 'fences')
if stored[1] == ARGV[1] then return 1 end
local lost = not stored[1] and not stored[3]
local older = stored[4] and tonumber(stored[4]) < tonumber(ARGV[9])
if ARGV[3] == 'lost' and not lost and not older then return 0 end
if ARGV[3] == 'none' and stored[1] then return 0 end
if ARGV[3] == 'is' and stored[1] ~= ARGV[4] and not lost then return 0 end
if ARGV[5] ~= '' and stored[2] and tonumber(stored[2]) > tonumber(ARGV[5]) then return 0 end
redis.call('HSET', KEYS[1], 'generation', ARGV[1], 'sealed', ARGV[2])
redis.call('HDEL', KEYS[1], 'deleted', 'restored', 'fence')
if ARGV[3] == 'lost' then redis.call('HSET', KEYS[1], 'restored', ARGV[9]) end
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[1], 'fence', ARGV[5])
  -- The count may have been lost with the rest: it never falls behind what is stored.
  if tonumber(stored[5] or '0') < tonumber(ARGV[5]) then redis.call('HSET', KEYS[1], 'fences', ARGV[5]) end
end
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
  lua: `redis.call('HDEL', KEYS[1], 'generation', 'sealed', 'fence', 'restored')
redis.call('HSET', KEYS[1], 'deleted', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.pcall('PUBLISH', ARGV[2], ARGV[3])
return 1`,
};

/**
 * KEYS mark. ARGV the mark that this process has seen or '', a new one, channel, message. Returns {mark, when the data were lost
 * (epoch ms by Redis' clock, 0: not), now}. Whoever saw one that is gone knows that the data are gone with it.
 */
export const alive: Script = {
  name: 'smartcarAlive',
  keys: 1,
  repeatable: true,
  lua: `${NOW}
local mark, lostAt = string.match(redis.call('GET', KEYS[1]) or '', '^(.*)|(%d+)$')
if not mark then
  mark, lostAt = ARGV[2], ARGV[1] == '' and '0' or string.format('%.0f', now)
  redis.call('SET', KEYS[1], mark .. '|' .. lostAt)
  if lostAt ~= '0' then redis.pcall('PUBLISH', ARGV[3], ARGV[4]) end
end
return {mark, lostAt, string.format('%.0f', now)}`,
};
