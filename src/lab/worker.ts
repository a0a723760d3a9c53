import {parentPort} from 'node:worker_threads';
import {runTask, type Task} from './task.ts';

/** Runs what it is sent, one after another: a thread has its own timers to fake. */
parentPort?.on('message', (task: Task) => {
  runTask(task).then(
    result => parentPort?.postMessage({result}),
    (error: unknown) =>
      parentPort?.postMessage({problem: error instanceof Error ? error.message : String(error)}),
  );
});
