// A process of its own, for the tests of many: `node caller.ts <job as JSON>`. Says "ready" when its connections stand,
// waits for a line on stdin, makes its calls, prints what became of them as JSON.
import {once} from 'node:events';
import {setTimeout as sleep} from 'node:timers/promises';
import {Redis} from 'ioredis';
import {applicationToken, createPolicy, PolicyError, userTokens} from 'smartcar-policy';
import {redisPorts, type RedisPortsOptions} from 'smartcar-policy/redis';

export interface CallerJob {
  /** Of Redis. */
  readonly port: number;
  readonly ports: RedisPortsOptions;
  readonly version: '2' | '3';
  readonly user: string;
  readonly url: string;
  readonly calls: number;
  /** Between the beginnings of two calls. @default none: all at once */
  readonly everyMs?: number;
  readonly maxWaitMs?: number;
  /** Says "answered" as soon as the token endpoint has. */
  readonly tells?: boolean;
}

export interface CallerReport {
  /** A status, or the code of a `PolicyError`, of each call. */
  readonly answers: readonly (number | string)[];
  readonly retryAt: readonly (number | undefined)[];
  readonly longestMs: number;
  /** How often an owner was sent away to reconnect. */
  readonly reauths: number;
}

interface Answer {
  readonly answer: number | string;
  readonly retryAt?: number;
  readonly ms: number;
}

const job = JSON.parse(process.argv[2] ?? '') as CallerJob;
const {user, url, everyMs = 0, maxWaitMs} = job;
const say = (what: unknown): boolean => process.stdout.write(`${JSON.stringify(what)}\n`);

const policy = createPolicy({
  ...redisPorts(new Redis(job.port, '127.0.0.1', {lazyConnect: true}), job.ports),
  auth: job.version === '3' ? applicationToken() : userTokens(),
  async fetch(input, init) {
    const response = await fetch(input, init);
    const {url: asked} = new Request(input);
    if (job.tells === true && asked.includes('/oauth')) say('answered');
    return response;
  },
});
let reauths = 0;
policy.on('reauth', () => void reauths++);
const smartcar = policy.fetch({user, ...(maxWaitMs !== undefined && {maxWaitMs})});

async function call(index: number): Promise<Answer> {
  await sleep(index * everyMs);
  const began = performance.now();
  const told = await smartcar(`${url}?call=${process.pid}-${index}`).then(
    async response => {
      await response.body?.cancel();
      return {answer: response.status};
    },
    (error: unknown) =>
      PolicyError.is(error)
        ? {answer: error.code, ...(error.retryAt !== undefined && {retryAt: error.retryAt})}
        : {answer: String(error)},
  );
  return {...told, ms: performance.now() - began};
}

await policy.tokens.get(user);
// Else the first refresh would be slower than all that follow.
await import('openid-client');
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const answers = await Promise.all(Array.from({length: job.calls}, (_, index) => call(index)));
say({
  answers: answers.map(({answer}) => answer),
  retryAt: answers.map(({retryAt}) => retryAt),
  longestMs: Math.max(...answers.map(({ms}) => ms)),
  reauths,
} satisfies CallerReport);
await policy.close();
process.stdin.destroy();
