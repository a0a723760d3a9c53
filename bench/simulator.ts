import {Agent, request} from 'node:http';
import {Worker} from 'node:worker_threads';
import {interleaved, resultOf, type Result} from './measure.ts';
import {rowOf, type Goal, type Row} from './row.ts';
import type {SimulatorPlace} from './simulator-server.ts';

const REQUESTS = 3_000;
const AT_ONCE = 32;
const ROUNDS = 12;
/** So many rounds fill the journal, which keeps 10 000 requests. */
const FULL = 6;

/** What the worker says of its heap. */
interface Memory {
  readonly heapMb: number;
  readonly entries: number;
}

/**
 * Requests per second that the simulator answers, journal on, a server thread and a client thread. Goal: 3 000. And
 * its heap after each further round: the journal is a ring.
 */
export async function simulator(): Promise<readonly Row[]> {
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
  const [v2, v3] = await interleaved(
    [
      {name: `v2 reading, ${AT_ONCE} at once`, round: read(place.v2.url, place.v2.headers)},
      {name: `v3 signal, ${AT_ONCE} at once`, round: read(place.v3.url, place.v3.headers)},
    ],
    ROUNDS,
    2,
  );
  agent.destroy();
  await server.terminate();
  const facts = {group: 'simulator', unit: 'requests/s'};
  const goal: Goal = {of: 'median', atLeast: 3_000};
  const heapAfter = (rounds: number): Result =>
    resultOf(`heap after ${rounds * REQUESTS} requests`, heaps.slice(rounds - 1, rounds));
  const [early, late] = [heapAfter(FULL), heapAfter(heaps.length)];
  return [
    rowOf(v2, {...facts, goal}),
    rowOf(v3, {...facts, against: v2, goal}),
    rowOf(early, {...facts, unit: 'MB'}),
    rowOf(late, {...facts, unit: 'MB', against: early}),
  ];
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
