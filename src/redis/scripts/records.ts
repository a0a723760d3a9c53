import type {Script} from './script.ts';

/** Begins the names of all keys of episodes: KEYS[1] is it in each of these. */
const OF = `local base = KEYS[1]
local function record(id) return redis.call('HMGET', base .. 'episode:' .. id, 'record', 'probeAt', 'toldAt') end
`;

/**
 * ARGV id, key, record, probeAt, toldAt, how long it is kept in ms, channel, message. Returns {1 or 0, record, probeAt,
 * toldAt} of the one that is open now; 1: it is this one.
 */
export const open: Script = {
  name: 'smartcarOpen',
  keys: 1,
  repeatable: true,
  lua: `${OF}local id, key = ARGV[1], ARGV[2]
local standing = redis.call('HGET', base .. 'open', key)
if standing then
  local known = record(standing)
  if known[1] then return {standing == id and 1 or 0, known[1], known[2], known[3]} end
  redis.call('ZREM', base .. 'order', standing)
end
redis.call('HSET', base .. 'episode:' .. id, 'record', ARGV[3], 'key', key, 'probeAt', ARGV[4], 'toldAt', ARGV[5])
redis.call('PEXPIRE', base .. 'episode:' .. id, ARGV[6])
redis.call('HSET', base .. 'open', key, id)
redis.call('ZADD', base .. 'order', redis.call('INCR', base .. 'count'), id)
for _, of in ipairs({'open', 'order', 'count'}) do redis.call('PEXPIRE', base .. of, ARGV[6]) end
redis.pcall('PUBLISH', ARGV[7], ARGV[8])
return {1, ARGV[3], ARGV[4], ARGV[5]}`,
};

/**
 * ARGV id, epoch ms, claim, how long the ending is kept in ms, channel, message. Returns {record, probeAt, toldAt} for the
 * one who ended it; the same again to the same claim, whose first answer may have been lost.
 */
export const end: Script = {
  name: 'smartcarEnd',
  keys: 1,
  repeatable: true,
  lua: `${OF}local id = ARGV[1]
local over = base .. 'over:' .. id
local found = record(id)
if not found[1] then
  local ended = redis.call('HMGET', over, 'claim', 'record', 'probeAt', 'toldAt')
  if ended[1] == ARGV[3] then return {ended[2], ended[3], ended[4]} end
  return false
end
local key = redis.call('HGET', base .. 'episode:' .. id, 'key')
redis.call('DEL', base .. 'episode:' .. id)
if redis.call('HGET', base .. 'open', key) == id then redis.call('HDEL', base .. 'open', key) end
redis.call('ZREM', base .. 'order', id)
redis.call('SET', base .. 'ended:' .. key, ARGV[2], 'PX', ARGV[4])
redis.call('HSET', over, 'claim', ARGV[3], 'record', found[1], 'probeAt', found[2], 'toldAt', found[3])
redis.call('PEXPIRE', over, 60000)
redis.pcall('PUBLISH', ARGV[5], ARGV[6])
return found`,
};

/** ARGV id, 'probeAt' or 'toldAt', from, to. Returns 1 for the one who moved it. */
export const move: Script = {
  name: 'smartcarMove',
  keys: 1,
  repeatable: false,
  lua: `local key = KEYS[1] .. 'episode:' .. ARGV[1]
if redis.call('HGET', key, ARGV[2]) ~= ARGV[3] then return 0 end
redis.call('HSET', key, ARGV[2], ARGV[4])
return 1`,
};

/** Returns record, probeAt, toldAt of each, in the order of their opening. */
export const list: Script = {
  name: 'smartcarList',
  keys: 1,
  repeatable: true,
  lua: `${OF}local all = {}
for _, id in ipairs(redis.call('ZRANGE', base .. 'order', 0, -1)) do
  local found = record(id)
  if found[1] then for _, one in ipairs(found) do all[#all + 1] = one end
  else redis.call('ZREM', base .. 'order', id) end
end
return all`,
};

/** KEYS mark. ARGV until, now (both epoch ms, by the caller), claim, how long it is kept in ms. Returns 1 or 0. */
export const setMark: Script = {
  name: 'smartcarMark',
  keys: 1,
  repeatable: true,
  lua: `local stands, claim = string.match(redis.call('GET', KEYS[1]) or '', '^(%-?%d+)|(.*)$')
if stands and claim == ARGV[3] then return 1 end
if stands and tonumber(stands) > tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1] .. '|' .. ARGV[3], 'PX', ARGV[4])
return 1`,
};
