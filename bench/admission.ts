import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import Bottleneck from 'bottleneck';
import {bulkhead} from 'cockatiel';
import PQueue from 'p-queue';
import {createPolicy, userTokens} from 'smartcar-policy';
import {systemClock} from '../src/engine/clock.ts';
import {localGates} from '../src/limits/gates.ts';
import {kindsOf} from '../src/limits/kinds.ts';
import {interleaved, perCall, print} from './measure.ts';

const CALLS = 20_000;
/** One job of Bottleneck's costs as much as thousands of the others. */
const SLOW_CALLS = 20;
const GATES = 100_000;
const HOUR = 3_600_000;

const noop = async (): Promise<number> => 1;

const policy = createPolicy({auth: userTokens({clientId: 'id', clientSecret: 'secret'})});
const context = {user: 'ada', vehicle: 'car', operation: 'odometer', idempotent: true};
/** Limits that hold nobody: what is measured is a gate that the server has closed. */
const kindOf = kindsOf({vehicle: {commands: Infinity, requests: Infinity, spacingMs: 0}});
const noGates = () =>
  localGates(
    systemClock,
    {closed() {}, opened() {}, paced() {}},
    {kindOf, countsCars: false, mostWaiting: Infinity},
  );
let gates = noGates();

/** One admission of ours that nothing stands against. Now the whole call: the gates have no door of their own yet. */
function admit(): Promise<unknown> {
  return policy.run(noop, context);
}

/** Closes the gate of one car, as a refusal of the server's does. */
function closeGate(vehicle: string): void {
  gates.close(`vehicle:${vehicle}`, {until: Date.now() + HOUR, reason: 'rate-limited', limit: true}, []);
}

/** Microseconds to be let through where nobody competes, and what a gate that is closed keeps in memory. */
export async function admission(): Promise<void> {
  await policy.tokens.save('ada', {
    accessToken: 'token',
    refreshToken: 'other',
    accessExpiresAt: Date.now() + 7_200_000,
  });
  const limiter = new Bottleneck({maxConcurrent: 10});
  const queue = new PQueue({concurrency: 10});
  const room = bulkhead(10, 10);
  const results = await interleaved(
    [
      {name: 'the call alone', round: perCall(noop, CALLS)},
      {name: 'smartcar-policy: policy.run', round: perCall(admit, CALLS)},
      {name: 'cockatiel 4: bulkhead(10, 10)', round: perCall(() => room.execute(noop), CALLS)},
      {name: 'p-queue 10: add, concurrency 10', round: perCall(() => queue.add(noop), CALLS)},
      {name: 'bottleneck 2: schedule', round: perCall(() => limiter.schedule(noop), SLOW_CALLS)},
    ],
    15,
    3,
  );
  const [bare = 0, own = 0, cockatiel = 0, pQueue = 0] = results.map(({median}) => median);
  const added = [own, cockatiel, pQueue].map(median => (median - bare).toFixed(2));
  const note = `added: ${added[0]} µs against ${added[1]} µs of cockatiel's bulkhead and ${added[2]} µs of p-queue`;
  print('A call that is let through at once', 'µs', results, note);
  console.log(`  a closed gate: ${bytesPerGate().toFixed(0)} bytes, its key included (${GATES} closed)`);
  await limiter.disconnect();
  await policy.close();
}

function bytesPerGate(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const vehicles = Array.from(
    {length: GATES},
    (_, index) => `36ab27d0-fd9d-4455-823a-${String(index).padStart(12, '0')}`,
  );
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  for (const vehicle of vehicles) closeGate(vehicle);
  const after = heap();
  // The benches that come later start without them.
  gates = noGates();
  return (after - before) / GATES;
}

if (import.meta.main) await admission();
