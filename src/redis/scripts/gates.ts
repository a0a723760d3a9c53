import {NOW, type Script} from './script.ts';

/**
 * KEYS base. ARGV scope, change, ms until it opens, news as JSON, how long it is kept in ms, channel, message, interval
 * of its pace in ms (0: none) and how many may go at once, whether a call has passed (1 or 0). What another has told stays where it holds for longer.
 */
export const tell: Script = {
  name: 'smartcarTell',
  keys: 1,
  repeatable: true,
  lua: `${NOW}
local base, scope, change = KEYS[1], ARGV[1], ARGV[2]
local rest, kept, interval, size = tonumber(ARGV[3]), tonumber(ARGV[5]), tonumber(ARGV[8]), tonumber(ARGV[9])
local gate, turn = base .. 'gate:' .. scope, base .. 'turn:' .. scope
local til = now + rest
local known = tonumber(redis.call('HGET', gate, 'til') or '0')
-- It is of an older time than what somebody has closed since.
if change == 'passed' and known > now then return 0 end
if change == 'closed' or change == 'extended' then
  til = math.max(til, known)
end
if change == 'closed' then
  redis.call('DEL', base .. 'probe:' .. scope)
  if interval > 0 then redis.call('SET', turn, til + (size - 1) * interval, 'PX', math.ceil(kept + size * interval)) end
elseif change == 'passed' then
  redis.call('DEL', base .. 'probe:' .. scope)
elseif change == 'paced' and interval > 0 then
  local next = tonumber(redis.call('GET', turn) or '0')
  local latest = now + size * interval
  if next > latest then redis.call('SET', turn, latest, 'PX', math.ceil(kept + size * interval)) end
end
if change ~= 'paced' then redis.call('HSET', gate, 'til', string.format('%.0f', til), 'passed', ARGV[10]) end
redis.call('HSET', gate, 'news', ARGV[4])
local life = math.max(kept, til - now)
redis.call('PEXPIRE', gate, math.ceil(life))
redis.call('ZREMRANGEBYSCORE', base .. 'known', '-inf', now)
redis.call('ZADD', base .. 'known', now + life, scope)
redis.call('PEXPIRE', base .. 'known', 7776000000)
redis.pcall('PUBLISH', ARGV[6], ARGV[7])
return 1`,
};

/** KEYS base. ARGV scopes. Returns ms until it opens, whether a call has passed, and news, of each. */
export const known: Script = {
  name: 'smartcarKnown',
  keys: 1,
  repeatable: true,
  lua: `${NOW}
local all = {}
for _, scope in ipairs(ARGV) do
  local gate = redis.call('HMGET', KEYS[1] .. 'gate:' .. scope, 'til', 'passed', 'news')
  all[#all + 1] = {tostring(math.max(0, tonumber(gate[1] or '0') - now)), gate[2] or '0', gate[3] or ''}
end
return all`,
};

/**
 * KEYS base. ARGV scope, owner, how long a probe may take in ms (0: it is no probe), interval of the pace in ms (0: none),
 * how many may go at once after a rest. Returns {1 or 0, ms until it makes sense to ask again, 1 where
 * nothing can come earlier}. The pace is one number: when
 * the bucket would be full again if one more were taken now.
 */
export const take: Script = {
  name: 'smartcarTake',
  keys: 1,
  repeatable: true,
  lua: `${NOW}
local probe, turn = KEYS[1] .. 'probe:' .. ARGV[1], KEYS[1] .. 'turn:' .. ARGV[1]
local lease, interval, size = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local full = math.max(now, tonumber(redis.call('GET', turn) or '0'))
-- Who asks may not have heard yet that it has closed, or for longer.
local gate = redis.call('HMGET', KEYS[1] .. 'gate:' .. ARGV[1], 'til', 'passed')
local rest = tonumber(gate[1] or '0') - now
if rest > 0 then return {0, math.ceil(rest), 1} end
-- Who asks for a probe may not have heard yet that one has come through.
local passed = gate[2] == '1'
if lease > 0 and not passed then
  local holder = redis.call('GET', probe)
  if holder and holder ~= ARGV[2] then return {0, redis.call('PTTL', probe)} end
  redis.call('SET', probe, ARGV[2], 'PX', lease)
elseif interval > 0 and full - now > (size - 1) * interval then
  return {0, math.ceil(full - now - (size - 1) * interval)}
end
if interval > 0 then redis.call('SET', turn, full + interval, 'PX', math.ceil(full - now + interval * (size + 1))) end
return {1, 0}`,
};

/** KEYS base. ARGV scope, owner, lease in ms. */
export const keepProbe: Script = {
  name: 'smartcarKeepProbe',
  keys: 1,
  repeatable: true,
  lua: `local probe = KEYS[1] .. 'probe:' .. ARGV[1]
if redis.call('GET', probe) ~= ARGV[2] then return 0 end
return redis.call('PEXPIRE', probe, ARGV[3])`,
};

/** KEYS base. ARGV scope, owner, interval of a pace whose turn comes back in ms (0: none), channel, message. */
export const free: Script = {
  name: 'smartcarFree',
  keys: 1,
  repeatable: false,
  lua: `local probe, turn = KEYS[1] .. 'probe:' .. ARGV[1], KEYS[1] .. 'turn:' .. ARGV[1]
if redis.call('GET', probe) == ARGV[2] then redis.call('DEL', probe) end
local full = redis.call('GET', turn)
if full and tonumber(ARGV[3]) > 0 then redis.call('SET', turn, tonumber(full) - ARGV[3], 'KEEPTTL') end
redis.pcall('PUBLISH', ARGV[4], ARGV[5])
return 1`,
};
