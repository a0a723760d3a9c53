import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import Bottleneck from 'bottleneck';
import {bulkhead} from 'cockatiel';
import PQueue from 'p-queue';
import {systemClock} from '../src/engine/clock.ts';
import {localGates} from '../src/limits/gates.ts';
import {kindsOf} from '../src/limits/kinds.ts';
import type {Gates} from '../src/ports.ts';
import {added, interleaved, perCall, resultOf} from './measure.ts';
import {rowOf, type Goal, type Row} from './row.ts';

const CALLS = 20_000;
/** One job of Bottleneck's costs as much as thousands of the others. */
const SLOW_CALLS = 20;
const GATES = 100_000;
const HOUR = 3_600_000;

const noop = async (): Promise<number> => 1;

const CARS = {commands: 1, requests: Infinity, spacingMs: 0};
const APPLICATION = ['application'];
/** What a command to a car has to pass when some gate is shut somewhere: every scope is looked at. */
const ALL_SCOPES = [
  'commands:car',
  'permission:car:control_security',
  'vehicle:car',
  'user:ada',
  'application',
];

const gatesWith = (kindOf: ReturnType<typeof kindsOf>): Gates =>
  localGates(
    systemClock,
    {closed() {}, opened() {}, paced() {}},
    {kindOf, countsCars: false, mostWaiting: Infinity},
  );
const noGates = (): Gates => gatesWith(kindsOf({vehicle: CARS}));
let gates = noGates();
const rated = gatesWith(kindsOf({application: {bucket: 1_000_000, perMinute: 1_000_000}, vehicle: CARS}));

/** In and out again, as a call that nothing stands against. */
const admit = (at: Gates, keys: readonly string[]) => async (): Promise<number> => {
  for (const pass of at.enterAtOnce(keys) ?? []) {
    pass.sent();
    pass.leave('passed');
  }
  return 1;
};

/** Closes the gate of one car, as a refusal of the server's does. */
function closeGate(vehicle: string): void {
  gates.close(
    `vehicle:${vehicle}`,
    {until: Date.now() + HOUR, reason: 'told', limit: true, toldMs: HOUR},
    [],
  );
}

/** Microseconds to be let through where nobody competes, and what a gate that is closed keeps in memory. */
export async function admission(): Promise<readonly Row[]> {
  const limiter = new Bottleneck({maxConcurrent: 10});
  const queue = new PQueue({concurrency: 10});
  const room = bulkhead(10, 10);
  const [bare, read, ratedRead, command, theirRoom, theirQueue, theirLimiter] = await interleaved(
    [
      {name: 'the call alone', round: perCall(noop, CALLS)},
      {name: 'smartcar-policy: a read', round: perCall(admit(gates, APPLICATION), CALLS)},
      {name: 'smartcar-policy: a read, rate set', round: perCall(admit(rated, APPLICATION), CALLS)},
      {name: 'smartcar-policy: a command, every scope', round: perCall(admit(gates, ALL_SCOPES), CALLS)},
      {name: 'cockatiel 4: bulkhead(10, 10)', round: perCall(() => room.execute(noop), CALLS)},
      {name: 'p-queue 10: add, concurrency 10', round: perCall(() => queue.add(noop), CALLS)},
      {name: 'bottleneck 2: schedule', round: perCall(() => limiter.schedule(noop), SLOW_CALLS)},
    ],
    15,
    3,
  );
  const bytes = bytesPerGate();
  await limiter.disconnect();
  const facts = {group: 'admission', unit: 'µs added'};
  // Not the bulkhead: what it adds is so little that a share of it would be noise.
  const against = added(theirQueue, bare);
  const goal: Goal = {of: 'median', atMost: 1};
  return [
    rowOf(bare, {...facts, unit: 'µs'}),
    ...[read, ratedRead, command].map(one => rowOf(added(one, bare), {...facts, against, goal})),
    rowOf(against, facts),
    ...[theirRoom, theirLimiter].map(one => rowOf(added(one, bare), {...facts, against})),
    rowOf(resultOf(`a closed gate and its key, of ${GATES}`, [bytes]), {...facts, unit: 'bytes'}),
  ];
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
