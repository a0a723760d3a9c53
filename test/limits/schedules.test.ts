import * as fc from 'fast-check';
import {expect, test} from 'vitest';
import type {SetupOptions} from './support/gates.ts';
import {callers, World, type Caller} from './support/schedules.ts';

const RUNS = 100;
const TEN_MINUTES = 600_000;

const NO_LIMITS: SetupOptions = {};
const vehicle = {commands: 1, requests: 2, spacingMs: 500};
const LIMITS: {readonly [name: string]: SetupOptions} = {
  'no limits are set': NO_LIMITS,
  'two requests to a car, half a second apart': {vehicle},
  'three at once and thirty a minute for the application': {application: {bucket: 3, perMinute: 30}},
  'all limits are set, and three may wait': {vehicle, application: {bucket: 3, perMinute: 30}, waiting: 3},
};

const cars = ['a', 'b', 'c'];

/** What the limits that are set say about when places were given. */
function transgressions({given, most}: World, options: SetupOptions): string[] {
  const {requests = Infinity, spacingMs = 0, commands = 1} = options.vehicle ?? {};
  const tooMany = cars.flatMap(car => [
    ...((most.get(`vehicle:${car}`) ?? 0) > requests ? [`more than ${requests} requests to ${car}`] : []),
    ...((most.get(`commands:${car}`) ?? 0) > commands ? [`more than ${commands} commands to ${car}`] : []),
  ]);
  const tooClose = cars.flatMap(car => {
    const times = given.get(`vehicle:${car}`) ?? [];
    return times.filter((at, index) => index > 0 && at - times[index - 1]! < spacingMs);
  });
  const {bucket = Infinity, perMinute = 1} = options.application ?? {};
  const all = given.get('application') ?? [];
  const tooFast = all.filter((from, first) =>
    all.some((to, last) => last >= first && (last - first + 1 - bucket) * 60_000 > (to - from) * perMinute),
  );
  return [
    ...tooMany,
    ...tooClose.map(at => `less than ${spacingMs} ms apart, at ${at}`),
    ...tooFast.map(at => `more than the application's bucket gives, from ${at}`),
  ];
}

async function play(everybody: readonly Caller[], options: SetupOptions): Promise<World> {
  const world = new World(options);
  const {gates, clock} = world.setup;
  // Throws where somebody waits whom no time can help.
  const ends = await clock.run(Promise.all(everybody.map(caller => world.live(caller))));
  for (const [index, end] of ends.entries()) {
    const {abortsAfter, patienceMs} = everybody[index]!;
    if (end === 'aborted' && abortsAfter === undefined) world.wrongs.push('an abort out of nothing');
    const mayBeRefused = patienceMs < Infinity || options.waiting !== undefined;
    if (end === 'refused' && !mayBeRefused) world.wrongs.push('a refusal out of nothing');
  }
  await clock.advance(0);
  const left = gates.list().filter(({inFlight, waiting}) => inFlight !== 0 || waiting !== 0);
  expect(left).toEqual([]);
  expect(clock.waiting).toBe(0);

  await clock.advance(Math.max(0, world.lastTold - clock.now()) + TEN_MINUTES + 1);
  expect(gates.shut(['application', ...world.keys])).toBeUndefined();
  expect(gates.list().map(({scope}) => scope)).toEqual(['application']);
  return world;
}

test.each(Object.entries(LIMITS))(
  'whoever comes, waits and leaves, each gets its turn and none too early: %s',
  async (_, options) => {
    const property = fc.asyncProperty(callers, async everybody => {
      const world = await play(everybody, options);
      expect(world.wrongs).toEqual([]);
      expect(transgressions(world, options)).toEqual([]);
    });
    await fc.assert(property, {seed: 14, numRuns: RUNS, endOnFailure: true});
  },
  120_000,
);
