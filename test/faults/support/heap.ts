import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** In bytes, of what cannot be thrown away. */
export async function heapUsed(): Promise<number> {
  // What one round sets free may hold more; finalizers have a turn of their own.
  for (let round = 0; round < 3; round++) {
    gc();
    await new Promise(resolve => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}
