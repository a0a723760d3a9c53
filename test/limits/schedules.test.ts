import * as fc from 'fast-check';
import {expect, test} from 'vitest';
import type {SetupOptions} from './support/gates.ts';
import type {Delays} from './support/hub.ts';
import {callers, World, type Caller} from './support/schedules.ts';

const RUNS = 100;
const A_DAY = 86_400_000;

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

async function play(
  everybody: readonly Caller[],
  options: SetupOptions,
  processes: number = 1,
  delays: Delays = {},
): Promise<World> {
  const world = new World(options, processes, delays);
  const {setups, clock} = world;
  // Throws where somebody waits whom no time can help.
  const ends = await clock.run(Promise.all(everybody.map(caller => world.live(caller))));
  for (const [index, end] of ends.entries()) {
    const {abortsAfter, patienceMs} = everybody[index]!;
    if (end === 'aborted' && abortsAfter === undefined) world.wrongs.push('an abort out of nothing');
    const mayBeRefused = patienceMs < Infinity || options.waiting !== undefined;
    if (end === 'refused' && !mayBeRefused) world.wrongs.push('a refusal out of nothing');
  }
  // An answer about turns can still be on its way.
  await clock.advance(delays.answersInMs ?? 0);
  await clock.advance(delays.newsInMs ?? 0);
  const states = setups.flatMap(({gates}) => gates.list());
  expect(states.filter(({inFlight, waiting}) => inFlight !== 0 || waiting !== 0)).toEqual([]);
  expect(clock.waiting).toBe(0);
  // Whoever was to probe has, or has given it back: nobody who comes later waits for one that is gone.
  expect(world.hub?.probing ?? []).toEqual([]);

  await clock.advance(Math.max(0, world.lastTold - clock.now()) + A_DAY + 100);
  for (const {gates} of setups) {
    expect(gates.shut(['application', ...world.keys])).toBeUndefined();
    expect(gates.list().map(({scope}) => scope)).toEqual(['application']);
  }
  return world;
}

test.each(Object.entries(LIMITS))(
  'whoever comes, waits and leaves, each gets its turn and none too early: %s',
  async (_, options) => {
    const property = fc.asyncProperty(callers, async everybody => {
      const world = await play(everybody, options);
      expect(world.wrongs.join('; ')).toBe('');
      expect(transgressions(world, options)).toEqual([]);
    });
    await fc.assert(property, {seed: 14, numRuns: RUNS, endOnFailure: true});
  },
  120_000,
);

/** The limits of a car are each process's own; the application's rate counts for all. */
const ALONE: SetupOptions = {vehicle: {commands: Infinity, requests: Infinity, spacingMs: 0}};
const RATED: SetupOptions = {...ALONE, application: {bucket: 3, perMinute: 30}};

test.each([
  ['no limits are set, and they answer at once', ALONE, {}],
  ['no limits are set, and they answer after 5 ms', ALONE, {answersInMs: 5}],
  ['they share a rate, and answer at once', RATED, {}],
  ['they share a rate, and answer after 5 ms', RATED, {answersInMs: 5}],
] as const)(
  'three processes are as one: nobody is early, one probe goes first, nobody waits for ever: %s',
  async (_, options, delays) => {
    const property = fc.asyncProperty(callers, async everybody => {
      const world = await play(everybody, options, 3, delays);
      expect(world.wrongs.join('; ')).toBe('');
      expect(transgressions(world, options)).toEqual([]);
    });
    await fc.assert(property, {seed: 14, numRuns: RUNS, endOnFailure: true});
  },
  120_000,
);

test.each([
  ['no limits are set', ALONE],
  ['they share a rate', RATED],
] as const)(
  'news that are late let nobody wait for ever, and leave nothing behind: %s',
  async (_, options) => {
    const property = fc.asyncProperty(callers, async everybody => {
      const world = await play(everybody, options, 3, {answersInMs: 2, newsInMs: 7});
      expect(world.wrongs.filter(wrong => !/before|probes at once/.test(wrong)).join('; ')).toBe('');
    });
    await fc.assert(property, {seed: 14, numRuns: RUNS, endOnFailure: true});
  },
  120_000,
);
