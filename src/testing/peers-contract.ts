import assert from 'node:assert/strict';
import {setTimeout as sleep} from 'node:timers/promises';
import type {GateChange, GateNews, Member, PeerLink, Peers, SharedRate, TurnRequest} from '../ports.ts';

/** One promise that every line between processes has to keep, for any test runner: `run` rejects where it is broken. */
export interface PeersCase {
  /** A sentence, to name the test by. */
  readonly name: string;
  /** `open` makes the `peers` of one more process; all that one case opens share what they know, and nothing older. */
  readonly run: (open: () => Peers | Promise<Peers>) => Promise<void>;
}

/**
 * What the policy relies on in `peers`: write your own, run these, and many processes act as one. Time really passes in them,
 * a second at most.
 *
 * @example
 * for (const {name, run} of peersContract()) test(name, () => run(() => myPeers()));
 */
export function peersContract(): readonly PeersCase[] {
  return [...telling, ...taking].map(([name, check]) => ({
    name,
    async run(open) {
      const opened: Joined[] = [];
      const join = async (rate?: SharedRate): Promise<Joined> => {
        const joined = joinedTo(await open(), rate);
        opened.push(joined);
        await joined.link.sync();
        return joined;
      };
      try {
        await check(join);
      } finally {
        for (const {link} of opened) await link.close();
      }
    },
  }));
}

/** One process, and what it has heard. */
interface Joined {
  readonly link: PeerLink;
  readonly heard: (readonly [change: GateChange, news: GateNews])[];
  readonly free: string[];
}

type Case = readonly [name: string, check: (join: (rate?: SharedRate) => Promise<Joined>) => Promise<void>];

function joinedTo(peers: Peers, rate: SharedRate | undefined): Joined {
  const heard: Joined['heard'] = [];
  const free: string[] = [];
  const member: Member = {
    gate: (change, news) => void heard.push([change, news]),
    turnFree: key => void free.push(key),
    episodeOpened: () => undefined,
    episodeOver: () => undefined,
    tokensChanged: () => undefined,
    reread: () => Promise.resolve(),
    lost: () => Promise.resolve(),
  };
  return {link: peers.join(member, rate), heard, free};
}

const SCOPE = 'vehicle:36ab27d0';
const news = (more: Partial<GateNews> = {}): GateNews => ({
  key: SCOPE,
  restMs: 60_000,
  reason: 'told',
  failedProbes: 2,
  passed: false,
  pace: {intervalMs: 200, size: 1, manner: {streak: 0}},
  ...more,
});
const asked = (more: Partial<TurnRequest> = {}): TurnRequest => ({
  key: SCOPE,
  probe: false,
  patient: false,
  rate: false,
  wanted: 1,
  ...more,
});
const PROBE = asked({probe: true});
const PACED = asked({pace: {intervalMs: 200, size: 1}});

/** The news are on their way for a moment. */
async function eventually(check: () => void | Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await check();
    } catch (error) {
      if (tries === MOST_TRIES) throw error;
      await sleep(MOMENT_MS);
    }
  }
}
const MOST_TRIES = 100;
const MOMENT_MS = 10;

const telling: readonly Case[] = [
  [
    'tells the others what has happened to a gate, and not the one who told it',
    async join => {
      const [one, other] = [await join(), await join()];
      one.link.tell('closed', news());
      await eventually(() => assert.equal(other.heard.length, 1));
      const [change, {restMs, ...told}] = other.heard[0] ?? assert.fail();
      const {restMs: sent, ...same} = news();
      assert.deepEqual([change, told], ['closed', same]);
      assert.ok(restMs <= sent && restMs > sent - 1_000, `${restMs} ms of ${sent}`);
      assert.deepEqual(one.heard, []);
    },
  ],
  [
    'tells one that comes later what is still shut, before its first sync is over; never for less long than it is',
    async join => {
      const one = await join();
      one.link.tell('closed', news());
      await eventually(async () => {
        const late = await join();
        assert.equal(late.heard[0]?.[0], 'closed');
        assert.ok((late.heard[0]?.[1].restMs ?? 0) > 58_000);
        assert.equal(late.heard[0]?.[1].failedProbes, 2);
      });
    },
  ],
  [
    'tells one that comes later of a pace that holds although the gate is open',
    async join => {
      const one = await join();
      one.link.tell('passed', news({restMs: 0, passed: true}));
      await eventually(async () => {
        const late = await join();
        assert.deepEqual(late.heard[0]?.[1].pace, news().pace);
        assert.equal(late.heard[0]?.[1].passed, true);
      });
    },
  ],
  [
    'opens nothing that has been shut since for one who was let through before',
    async join => {
      const [one, other] = [await join(), await join()];
      other.link.tell('closed', news());
      await eventually(() => assert.equal(one.heard.length, 1));
      one.link.tell('passed', news({restMs: 0, passed: true}));
      assert.equal((await one.link.take(PROBE)).given, 0);
      const late = await join();
      assert.ok((late.heard[0]?.[1].restMs ?? 0) > 58_000);
      assert.deepEqual(other.heard, []);
    },
  ],
];

const taking: readonly Case[] = [
  [
    'gives one probe to all who ask, and another when it has ended, and says so',
    async join => {
      const [one, other] = [await join(), await join()];
      assert.equal((await one.link.take(PROBE)).given, 1);
      const refused = await other.link.take(PROBE);
      assert.equal(refused.given, 0);
      assert.ok(refused.againInMs > 0);
      one.link.probeOver(SCOPE);
      await eventually(() => assert.deepEqual(other.free, [SCOPE]));
      assert.equal((await other.link.take(PROBE)).given, 1);
    },
  ],
  [
    'gives one probe to many who ask at once, and one of another scope besides',
    async join => {
      const all = [await join(), await join(), await join()];
      const turns = await Promise.all(all.map(({link}) => link.take(PROBE)));
      assert.equal(turns.filter(({given}) => given === 1).length, 1);
      assert.equal((await all[0]?.link.take({...PROBE, key: 'application'}))?.given, 1);
    },
  ],
  [
    'takes no probe for one when a call has come through already',
    async join => {
      const [one, other] = [await join(), await join()];
      assert.equal((await one.link.take({...PROBE, pace: {intervalMs: 200, size: 1}})).given, 1);
      one.link.tell('passed', news({restMs: 0, passed: true}));
      await eventually(() => assert.equal(other.heard.length, 1));
      assert.equal((await other.link.take({...PACED, probe: true})).given, 0);
    },
  ],
  [
    'gives no turn behind a gate that is shut, to one who has not heard of it either',
    async join => {
      const [one, other] = [await join(), await join()];
      one.link.tell('closed', news());
      await eventually(() => assert.equal(other.heard.length, 1));
      for (const request of [PROBE, PACED]) {
        const {given, againInMs} = await other.link.take(request);
        assert.equal(given, 0);
        assert.ok(againInMs > 58_000 && againInMs <= 60_000, `${againInMs} ms of 60 000`);
      }
    },
  ],
  [
    'keeps one pace for all: nobody is early, and the next turn comes when it was said',
    async join => {
      const [one, other] = [await join(), await join()];
      assert.equal((await one.link.take(PACED)).given, 1);
      const {given, againInMs} = await other.link.take(PACED);
      assert.equal(given, 0);
      assert.ok(againInMs > 100 && againInMs <= 200, `${againInMs} ms of 200`);
      await sleep(againInMs + 1);
      assert.equal((await other.link.take(PACED)).given, 1);
      assert.equal((await one.link.take(PACED)).given, 0);
    },
  ],
  [
    'lets as many go at once as a pace holds after a rest, and takes back a turn that nobody used',
    async join => {
      const [one, other] = [await join(), await join()];
      const wide = asked({pace: {intervalMs: 60_000, size: 2}});
      const given = [await one.link.take(wide), await other.link.take(wide), await one.link.take(wide)];
      assert.deepEqual(
        given.map(turns => turns.given),
        [1, 1, 0],
      );
      one.link.giveBack(wide, 1);
      await eventually(async () => assert.equal((await other.link.take(wide)).given, 1));
      assert.equal((await one.link.take(wide)).given, 0);
    },
  ],
  [
    'gives no more turns of a rate than it holds, to all together, and says when the next one comes',
    async join => {
      const rate = {bucket: 6, perMinute: 1};
      const all = [await join(rate), await join(rate), await join(rate)];
      const turns = await Promise.all(all.map(({link}) => link.take(asked({rate: true, wanted: 3}))));
      const given = turns.reduce((sum, one) => sum + one.given, 0);
      assert.ok(given === 5 || given === 6, `${given} of 6`);
      const {given: more, againInMs} =
        (await all[0]?.link.take(asked({rate: true, wanted: 2}))) ?? assert.fail();
      assert.ok(more <= 6 - given && (more > 0 || (againInMs > 0 && againInMs < 61_000)));
    },
  ],
];
