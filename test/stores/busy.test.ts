import {DatabaseSync} from 'node:sqlite';
import {expect, onTestFinished, test} from 'vitest';
import {manualClock} from '../../src/testing/index.ts';
import {file, opened, PAIR, refusal} from './support/files.ts';

/** Another connection that holds the write lock until it is told to let go. */
function lockedBy(path: string): DatabaseSync {
  const other = new DatabaseSync(path);
  onTestFinished(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  return other;
}

test('a put into a locked database waits until the other is done', async () => {
  const path = file();
  const clock = manualClock();
  const store = opened(path, {clock});
  const other = lockedBy(path);
  let done = false;
  const put = store.put('user:ada', PAIR).finally(() => (done = true));
  await clock.advance(1_000);
  expect(done).toBe(false);
  other.exec('COMMIT');
  await clock.advance(1_000);
  expect(await put).toBeTypeOf('string');
  expect((await store.get('user:ada'))?.tokens).toEqual(PAIR);
});

test('reads go on while another process writes', async () => {
  const path = file();
  const store = opened(path, {clock: manualClock()});
  await store.put('user:ada', PAIR);
  lockedBy(path);
  expect((await store.get('user:ada'))?.tokens).toEqual(PAIR);
});

test('the event loop turns between the tries', async () => {
  const path = file();
  const clock = manualClock();
  const store = opened(path, {clock});
  lockedBy(path);
  const put = refusal(() => store.put('user:ada', PAIR));
  let turns = 0;
  const count = (): void => void (turns++, (turning = setImmediate(count)));
  let turning = setImmediate(count);
  onTestFinished(() => clearImmediate(turning));
  await clock.advance(10_000);
  await put;
  expect(turns).toBeGreaterThan(100);
});

test.each(['put', 'delete', 'acquire', 'add', 'forget'] as const)(
  'a %s gives up after five seconds with a clear error that shows no token',
  async method => {
    const path = file();
    const clock = manualClock();
    const store = opened(path, {clock});
    lockedBy(path);
    const use = {
      put: () => store.put('user:ada', PAIR),
      delete: () => store.delete('user:ada'),
      acquire: () => store.acquire('refresh:user:ada', 30_000),
      add: () => store.usage?.add('2026-01-01', new Map([['car', 1]])),
      forget: () => store.usage?.forget('2026-01-01'),
    };
    const began = clock.now();
    const refused = refusal(use[method]).then(error => ({error, after: clock.now() - began}));
    await clock.advance(60_000);
    const {error, after} = await refused;
    expect(error.message).toContain(`"${path}"`);
    expect(error.message).toMatch(/locked/);
    expect(error.message).not.toMatch(/canary/);
    expect(after).toBe(5_000);
  },
);
