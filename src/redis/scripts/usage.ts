import type {Script} from './script.ts';

/**
 * KEYS base. ARGV period, how long it is kept in ms, then vehicle and calls in turn. Returns the new totals in the same
 * order. Not repeated when the answer is lost: it may have counted.
 */
export const add: Script = {
  name: 'smartcarCount',
  keys: 1,
  repeatable: false,
  lua: `local counts = KEYS[1] .. 'calls:' .. ARGV[1]
local totals = {}
for i = 3, #ARGV, 2 do totals[#totals + 1] = redis.call('HINCRBY', counts, ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', counts, ARGV[2])
redis.call('SADD', KEYS[1] .. 'periods', ARGV[1])
redis.call('PEXPIRE', KEYS[1] .. 'periods', ARGV[2])
return totals`,
};

/** KEYS base. ARGV the first period that is kept. */
export const forget: Script = {
  name: 'smartcarForget',
  keys: 1,
  repeatable: true,
  lua: `for _, period in ipairs(redis.call('SMEMBERS', KEYS[1] .. 'periods')) do
  if period < ARGV[1] then
    redis.call('DEL', KEYS[1] .. 'calls:' .. period)
    redis.call('SREM', KEYS[1] .. 'periods', period)
  end
end
return 1`,
};
