import {Agent, request} from 'node:http';
import {Worker} from 'node:worker_threads';
import {interleaved, print} from './measure.ts';
import type {SimulatorPlace} from './simulator-server.ts';

const REQUESTS = 3_000;
const AT_ONCE = 32;
const ROUNDS = 12;

/** What the worker says of its heap. */
interface Memory {
  readonly heapMb: number;
  readonly entries: number;
}

/**
 * Requests per second that the simulator answers, journal on, a server thread and a client thread. Goal: 3 000. And
 * its heap after each further round: the journal is a ring.
 */
export async function simulator(): Promise<void> {
  const server = new Worker(new URL('./simulator-server.ts', import.meta.url));
  const place = await message<SimulatorPlace>(server);
  const agent = new Agent({keepAlive: true, maxSockets: AT_ONCE});
  const heaps: number[] = [];
  const measureHeap = async (): Promise<void> => {
    server.postMessage('memory');
    const {heapMb} = await message<Memory>(server);
    heaps.push(heapMb);
  };
  const read = (url: string, headers: Record<string, string>) => async () => {
    const began = performance.now();
    let left = REQUESTS;
    const lane = async (): Promise<void> => {
      while (left-- > 0) await get(url, headers, agent);
    };
    await Promise.all(Array.from({length: AT_ONCE}, lane));
    const rate = (REQUESTS * 1_000) / (performance.now() - began);
    await measureHeap();
    return rate;
  };
  const results = await interleaved(
    [
      {name: 'v2 reading', round: read(place.v2.url, place.v2.headers)},
      {name: 'v3 signal', round: read(place.v3.url, place.v3.headers)},
    ],
    ROUNDS,
    2,
  );
  // Once the journal is full, which takes its 10 000 requests.
  const [early = 0, late = 0] = [heaps[5], heaps.at(-1)];
  const sent = heaps.length * REQUESTS;
  print(
    `The simulator, journal on, ${AT_ONCE} at once`,
    'requests/s',
    results,
    `(goal: 3000); heap ${early.toFixed(1)} MB after ${6 * REQUESTS} requests, ${late.toFixed(1)} MB after ${sent}`,
  );
  agent.destroy();
  await server.terminate();
}

/** What the worker says next; an error of its own ends the process. */
function message<T>(worker: Worker): Promise<T> {
  return new Promise(resolve => void worker.once('message', resolve));
}

function get(url: string, headers: Record<string, string>, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, {headers, agent}, response => {
      if (response.statusCode !== 200) reject(new Error(`Expected 200, got ${response.statusCode}`));
      response.resume();
      response.on('end', resolve);
    })
      .on('error', reject)
      .end();
  });
}
