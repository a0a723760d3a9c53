import {subscribe, unsubscribe} from 'node:diagnostics_channel';
import type {Worker} from 'node:worker_threads';
import {expect, onTestFinished, test} from 'vitest';
import type {Task} from '../../src/lab/task.ts';
import {runAll} from '../../src/lab/threads.ts';

test('all threads end with the first run that fails', async () => {
  const workers: Worker[] = [];
  const note = (message: unknown): void => void workers.push((message as {worker: Worker}).worker);
  subscribe('worker_threads', note);
  onTestFinished(() => void unsubscribe('worker_threads', note));
  const task: Task = {scenario: 'quota', variant: 0, size: {cars: 50}, seed: 1, policy: 'p-retry'};
  const done: Task[] = [];

  const running = runAll([{...task, policy: 'nobody'}, task, task, task], one => void done.push(one));

  await expect(running).rejects.toThrow('nobody in quota: Expected a policy of the lab, got nobody');
  expect(workers.length).toBeGreaterThan(0);
  // The id of a thread that has ended.
  expect(workers.map(({threadId}) => threadId)).toEqual(workers.map(() => -1));
  expect(done).toEqual([]);
});
