import {spawn, spawnSync, type ChildProcessByStdio} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import {expect, onTestFinished, test} from 'vitest';
import {noRedis} from '../redis/support/redis.ts';

const root = join(import.meta.dirname, '..', '..');

interface Fleet {
  readonly program: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves with the first line of which this is true, also one that came before. */
  readonly line: (holds: (line: string) => boolean) => Promise<string>;
  /** Exit code and signal, with all that was written. */
  readonly ended: Promise<{readonly how: unknown; readonly printed: string; readonly complaints: string}>;
}

function fleet(env: Readonly<Record<string, string>> = {}): Fleet {
  const args = ['--conditions=smartcar-policy:source', 'examples/fleet/main.ts'];
  const program = spawn(process.execPath, args, {
    cwd: root,
    env: {...process.env, NO_COLOR: '1', REDIS_URL: '', ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void program.kill('SIGTERM'));
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  let complaints = '';
  program.stderr.on('data', data => (complaints += String(data)));
  createInterface(program.stdout).on('line', line => {
    lines.push(line);
    for (const look of watchers) look();
  });
  return {
    program,
    line: holds =>
      new Promise(resolve => {
        const look = (): void => {
          const found = lines.find(holds);
          if (found === undefined) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
      }),
    ended: once(program, 'close').then(how => ({how, printed: lines.join('\n'), complaints})),
  };
}

/** The three workers, when the last of them has started, and the Redis. */
async function pidsOf({line}: Fleet): Promise<{readonly workers: readonly number[]; readonly redis: number}> {
  const pidIn = async (start: string): Promise<number> =>
    Number(/pid (\d+)/.exec(await line(one => one.includes(start)))?.[1]);
  const workers = await Promise.all([1, 2, 3].map(number => pidIn(`worker ${number}: pid`)));
  return {workers, redis: await pidIn('redis-server on port')};
}

/** Those that still run. What nobody has collected yet, since its parent died too, does not. */
function running(pids: readonly number[]): number[] {
  return pids.filter(pid => {
    const {stdout} = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], {encoding: 'utf8'});
    return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
  });
}

test.skipIf(noRedis)('two of three workers are killed, and nothing is lost', {timeout: 100_000}, async () => {
  const show = fleet();
  const {workers, redis} = await pidsOf(show);
  expect(new Set([...workers, redis]).size).toBe(4);
  await show.line(one => /done [1-9]\d* of 500/.test(one));
  process.kill(workers[2] ?? 0, 'SIGKILL');
  const {how, printed, complaints} = await show.ended;
  expect(printed).toContain('450 of 450 reads were answered exactly once');
  expect(printed).toContain('50 of 50 commands were carried out exactly once');
  expect(printed).toContain('3 owners have reconnected');
  expect(printed).toMatch(/^2 workers were killed, and nothing was lost\.$/m);
  expect(complaints).toBe('');
  expect(how).toEqual([0, null]);
  expect(running([...workers, redis])).toEqual([]);
});

test.skipIf(noRedis)('when its main process is killed, no other stays', {timeout: 30_000}, async () => {
  const show = fleet();
  const {workers, redis} = await pidsOf(show);
  expect(running([...workers, redis])).toHaveLength(4);
  show.program.kill('SIGKILL');
  await expect.poll(() => running([...workers, redis]), {timeout: 10_000}).toEqual([]);
});

test.skipIf(noRedis)(
  'when it is told to end, it ends at once, and no other stays',
  {timeout: 30_000},
  async () => {
    const show = fleet();
    const {workers, redis} = await pidsOf(show);
    show.program.kill('SIGINT');
    const {how, complaints} = await show.ended;
    expect(complaints).toBe('');
    expect(how).toEqual([130, null]);
    expect(running([...workers, redis])).toEqual([]);
  },
);

test('without a Redis it says what is missing', async () => {
  const {how, complaints} = await fleet({PATH: join(root, 'nowhere')}).ended;
  expect(complaints).toBe(
    'No redis-server is on the path. Install redis-server, or name a Redis in REDIS_URL.\n',
  );
  expect(how).toEqual([1, null]);
});
