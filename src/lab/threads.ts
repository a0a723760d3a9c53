import {availableParallelism} from 'node:os';
import {extname} from 'node:path';
import {Worker} from 'node:worker_threads';
import type {Result} from './measure/result.ts';
import type {Task} from './task.ts';

/** As far from the sources as from what is built of them. */
const WORKER = new URL(`../lab/worker${extname(import.meta.url)}`, import.meta.url);

/** Much is made and soon forgotten: so it is seldom looked through. */
const RESOURCES = {maxYoungGenerationSizeMb: 128};

/**
 * Runs all of them, as many at a time as there are processors; resolves with the results in their order. The first that
 * fails ends them all.
 */
export async function runAll(tasks: readonly Task[], done: (task: Task) => void): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  async function lane(worker: Worker): Promise<void> {
    for (let index = next++; index < tasks.length; index = next++) {
      const task = tasks[index];
      if (task === undefined) return;
      results[index] = await answer(worker, task);
      done(task);
    }
  }
  const lanes = Math.min(availableParallelism(), tasks.length);
  const workers = Array.from({length: lanes}, () => new Worker(WORKER, {resourceLimits: RESOURCES}));
  try {
    await Promise.all(workers.map(lane));
  } finally {
    await Promise.all(workers.map(worker => worker.terminate()));
  }
  return results;
}

function answer(worker: Worker, task: Task): Promise<Result> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', ({result, problem}: {result?: Result; problem?: string}) => {
      worker.off('error', reject);
      if (result) resolve(result);
      else reject(new Error(`${task.policy} in ${task.scenario}: ${problem}`));
    });
    worker.postMessage(task);
  });
}
