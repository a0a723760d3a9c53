import {setTimeout as sleep} from 'node:timers/promises';
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {xoroshiro128plus} from 'pure-rand/generator/xoroshiro128plus';
import {describe, expect, test} from 'vitest';
import {keysOf} from '../../src/redis/keys.ts';
import {noRedis, redisClient, sharedRedis} from './support/redis.ts';
import {heard, scene, STRICT, type Caller, type Owner, type Scene} from './support/scene.ts';
import {slowWire} from './support/slow-wire.ts';

const server = sharedRedis();

const ROUNDS = 100;
/** Rounds that go on at the same time. */
const LANES = 4;
const SEED = 20_261;
const LEASE_MS = 200;
/** Each way, to Redis and to the token endpoint: else most moments would be too short to be hit. */
const WIRE_MS = 25;

/** How far a refresh had come. */
const PHASES = [
  'before the lock',
  'before the rotation',
  'before the answer',
  'before the store',
  'before the release',
  'after it',
] as const;
type Phase = (typeof PHASES)[number];

/** Starts a few ahead of the one that is asked for: that takes longer than a round. */
function ahead<T>(starts: readonly (() => Promise<T>)[], count: number): (index: number) => Promise<T> {
  const begun: Promise<T>[] = [];
  return index => {
    for (const start of starts.slice(begun.length, index + 1 + count)) {
      const one = start();
      one.catch(() => undefined);
      begun.push(one);
    }
    return begun[index] ?? Promise.reject(new Error(`there is no ${index}`));
  };
}

/** What Redis knows about an owner's refresh. */
function lookInto({prefix}: Scene): (owner: Owner) => Promise<{generation: string | null; locked: boolean}> {
  const redis = redisClient(server());
  const keys = keysOf(prefix, '');
  return async ({user}) => {
    const key = `user:${user}`;
    const [generation, locks] = await Promise.all([
      redis.hget(keys.pair(key), 'generation'),
      redis.exists(keys.lock(`refresh:${key}`)),
    ]);
    return {generation, locked: locks === 1};
  };
}

/** Another process whose way to Redis and to the token endpoint is slow, and watched. */
interface Watched {
  readonly caller: Caller;
  /** Resolves when so many more steps have been seen: what it sends, and what the token endpoint answers. */
  readonly steps: (count: number) => Promise<void>;
  readonly seen: () => number;
}

async function watched({simulator, caller}: Scene, owner: Owner): Promise<Watched> {
  let seen = 0;
  let awaited = Infinity;
  const reached = Promise.withResolvers<void>();
  const step = (): void => {
    if (++seen >= awaited) reached.resolve();
  };
  // Others tell their news over Redis: what comes back from there is no step of this one.
  const port = await slowWire(server().port, WIRE_MS, way => (way === 'there' ? step() : undefined));
  const oauth = await slowWire(Number(new URL(simulator.origin).port), WIRE_MS, step);
  const started = await caller(
    owner,
    {port, ports: {leaseMs: LEASE_MS}, tells: true},
    {SMARTCAR_AUTH_ORIGIN: `http://127.0.0.1:${oauth}`},
  );
  // What it says to Redis when it joins the others is no step of a refresh.
  for (let before = -1; before !== seen; await sleep(3 * WIRE_MS)) before = seen;
  return {
    caller: started,
    seen: () => seen,
    steps(count) {
      awaited = seen + count;
      return count === 0 ? Promise.resolve() : reached.promise;
    },
  };
}

/** How many steps there are in a refresh that nobody kills. */
async function stepsOfAll(made: Scene, owner: Owner): Promise<number> {
  const {caller, seen} = await watched(made, owner);
  const before = seen();
  caller.go();
  const words = await caller.lastWords();
  expect(words).toMatchObject(['answered', {answers: [200]}]);
  return seen() - before;
}

describe.skipIf(noRedis)('a process that is killed', () => {
  test(
    'in the middle of a refresh, 100 times at random moments, costs no owner the grant',
    {timeout: 180_000},
    async ({annotate}) => {
      const made = await scene(server(), {tokens: {graceMs: 60_000}, latencyMs: 10});
      const {simulator, tokenRequests} = made;
      const survivor = made.policy({}, {leaseMs: LEASE_MS});
      const reauths = heard(survivor, 'reauth');
      const refreshes = heard(survivor, 'refresh');
      const look = lookInto(made);
      const [spared, ...owners] = Array.from({length: 1 + ROUNDS}, () => made.owner());
      for (const {user} of [spared!, ...owners]) await survivor.tokens.save(user, simulator.grant(user));
      simulator.expireAccessTokens();
      const steps = await stepsOfAll(made, spared!);
      const watch = ahead(
        owners.map(owner => () => watched(made, owner)),
        LANES,
      );
      const chance = xoroshiro128plus(SEED);
      const moments = owners.map(() => ({
        step: Math.floor((steps + 1) * uniformFloat64(chance)),
        afterMs: 2 * WIRE_MS * uniformFloat64(chance),
      }));
      const read = async ({user, url}: Owner): Promise<number> => (await survivor.fetch({user})(url)).status;

      async function phaseOf(owner: Owner, before: string | null, killed: Caller): Promise<Phase> {
        const rotated = tokenRequests(owner.user).some(({status}) => status === 200);
        const {generation, locked} = await look(owner);
        const words = await killed.lastWords();
        if (words.length > 1 || (generation !== before && !locked)) return 'after it';
        if (generation !== before) return 'before the release';
        if (words.length === 1) return 'before the store';
        if (rotated) return 'before the answer';
        return locked ? 'before the rotation' : 'before the lock';
      }

      const rounds: {readonly phase: Phase; readonly user: string; readonly delayMs: number}[] = [];
      async function round(index: number): Promise<void> {
        const owner = owners[index]!;
        const {step, afterMs} = moments[index]!;
        const {generation} = await look(owner);
        const {caller: dying, steps: gone} = await watch(index);
        const moment = gone(step);
        dying.go();
        // There can be fewer than were counted.
        await Promise.race([moment, sleep(1_500)]);
        await sleep(afterMs);
        await dying.kill();
        const killedAt = performance.now();
        const phase = await phaseOf(owner, generation, dying);
        expect(await read(owner)).toBe(200);
        rounds.push({phase, user: owner.user, delayMs: performance.now() - killedAt});
        // What is in the store now is good for another refresh, and for one after that.
        for (let again = 0; again < 2; again++) {
          const asked = tokenRequests(owner.user).length;
          simulator.expireAccessTokens(owner.user);
          expect(await read(owner)).toBe(200);
          expect(tokenRequests(owner.user)).toHaveLength(asked + 1);
        }
      }
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < ROUNDS) await round(next++);
      };
      await Promise.all(Array.from({length: LANES}, lane));

      expect(rounds).toHaveLength(ROUNDS);
      expect(reauths).toEqual([]);
      expect(tokenRequests().filter(({status}) => status !== 200)).toEqual([]);
      const hits = PHASES.map(phase => rounds.filter(one => one.phase === phase).length);
      const longestMs = Math.max(...rounds.map(({delayMs}) => delayMs));
      await annotate(
        `${PHASES.map((phase, index) => `${phase}: ${hits[index]}`).join(', ')}; ` +
          `${steps} steps; longest delay ${Math.round(longestMs)} ms`,
      );
      expect(hits.filter(count => count >= 2).length).toBeGreaterThanOrEqual(5);
      // Whoever begins what another did not finish says so: the first to know when a grant is in danger.
      for (const {user, phase} of rounds) {
        if (phase !== 'before the rotation' && phase !== 'before the answer') continue;
        expect(refreshes.find(refresh => refresh.user === user)).toMatchObject({
          outcome: 'renewed',
          interruptedMs: expect.any(Number),
        });
      }
    },
  );

  test('keeps its lock for as long as it lives, and delays the next by its lease at most', async ({
    annotate,
  }) => {
    const leaseMs = 300;
    const made = await scene(server());
    const {simulator, caller, policy, tokenRequests} = made;
    const owner = made.owner();
    const survivor = policy({}, {leaseMs});
    const reauths = heard(survivor, 'reauth');
    await survivor.tokens.save(owner.user, simulator.grant(owner.user));
    simulator.expireAccessTokens();
    simulator.next({endpoint: 'token'}, {hang: true});
    const dying = await caller(owner, {ports: {leaseMs}});
    dying.go();
    await expect.poll(() => tokenRequests().length).toBe(1);
    const answer = survivor.fetch({user: owner.user})(owner.url);
    const later = answer.then(() => performance.now());
    await sleep(4 * leaseMs);
    expect(tokenRequests()).toHaveLength(1);

    await dying.kill();
    const killedAt = performance.now();
    expect((await answer).status).toBe(200);
    const delayMs = (await later) - killedAt;
    await annotate(`lease ${leaseMs} ms, delay ${Math.round(delayMs)} ms`);
    expect(delayMs).toBeLessThan(leaseMs + 1_000);
    expect(tokenRequests()).toMatchObject([
      {status: 'hung', token: 1},
      {status: 200, token: 1},
    ]);
    expect(reauths).toEqual([]);
  });

  test('is not what others wait for: a lock that is given back wakes them at once', async ({annotate}) => {
    const made = await scene(server(), {tokens: STRICT});
    const {simulator, policy, tokenRequests} = made;
    const owner = made.owner();
    const policies = Array.from({length: 4}, () => policy());
    await policies[0]?.tokens.save(owner.user, simulator.grant(owner.user));
    simulator.expireAccessTokens();
    const ends = new Map<string, number[]>();
    for (const one of policies)
      one.on('refresh', ({outcome}) => ends.set(outcome, [...(ends.get(outcome) ?? []), performance.now()]));
    // oxlint-disable-next-line unicorn/no-thenable -- the script's own word for it
    simulator.next({endpoint: 'token'}, {delayMs: 400});
    const answers = await Promise.all(policies.map(one => one.fetch({user: owner.user})(owner.url)));
    expect(answers.map(({status}) => status)).toEqual([200, 200, 200, 200]);
    expect(tokenRequests()).toHaveLength(1);
    const [renewedAt = 0] = ends.get('renewed') ?? [];
    const delays = (ends.get('reused') ?? []).map(at => at - renewedAt);
    await annotate(`woken after ${delays.map(ms => ms.toFixed(1)).join(', ')} ms`);
    expect(delays).toHaveLength(3);
    // By itself each would look again a second after it came.
    for (const ms of delays) expect(ms).toBeLessThan(800);
  });
});
