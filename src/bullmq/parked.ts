import type {Redis} from 'ioredis';

/** Where a parked call stands. */
export interface ParkedCall {
  readonly user: string;
  readonly vehicle?: string;
}

/**
 * Which jobs wait for which owner: one sorted set, read by prefix, so that a release looks at the calls of that owner
 * alone, however long the queue is.
 */
export interface ParkedIndex {
  /** Whether it is new there. */
  add(jobId: string, call: ParkedCall): Promise<boolean>;
  /** Whether it stood there. Of several who take the same call out, one is told so. */
  remove(jobId: string, call: ParkedCall): Promise<boolean>;
  has(jobId: string, call: ParkedCall): Promise<boolean>;
  /** The calls of a user; of one car where given, with those that name no car. */
  of(user: string, vehicle?: string): Promise<readonly (ParkedCall & {readonly jobId: string})[]>;
  count(): Promise<number>;
}

export function parkedIndex(redis: Redis, key: string): ParkedIndex {
  return {
    add: async (jobId, call) => (await redis.zadd(key, 0, memberOf(jobId, call))) === 1,
    remove: async (jobId, call) => (await redis.zrem(key, memberOf(jobId, call))) === 1,
    has: async (jobId, call) => (await redis.zscore(key, memberOf(jobId, call))) !== null,
    async of(user, vehicle) {
      const start = `${encodeURIComponent(user)} `;
      // "!" comes right after the blank.
      const members = await redis.zrangebylex(key, `[${start}`, `(${start.slice(0, -1)}!`);
      return members
        .map(callIn)
        .filter(call => vehicle === undefined || call.vehicle === undefined || call.vehicle === vehicle);
    },
    count: () => redis.zcard(key),
  };
}

/** Percent-encoding leaves no blank, so the three parts stay three. */
function memberOf(jobId: string, {user, vehicle = ''}: ParkedCall): string {
  return `${encodeURIComponent(user)} ${encodeURIComponent(vehicle)} ${jobId}`;
}

function callIn(member: string): ParkedCall & {readonly jobId: string} {
  const [user = '', vehicle = '', jobId = ''] = member.split(' ');
  return {
    user: decodeURIComponent(user),
    ...(vehicle !== '' && {vehicle: decodeURIComponent(vehicle)}),
    jobId,
  };
}
