import type {Blockade, GateChange, GateKey, Gates, Member, Pass, Refused, Visitor} from '../ports.ts';
import {stateOf} from './gate-state.ts';
import type {GateClock, GateSettings, GateWatch} from './gate-settings.ts';
import {Lane} from './lane.ts';
import {createLanes} from './lanes.ts';
import {Place, type Surroundings} from './place.ts';
import {SharedLane} from './shared-lane.ts';
import {turnTaker} from './turns.ts';
import {waitingRoom, type Waiter} from './waiting-room.ts';

const APPLICATION = 'application';
/** The longest time a Node timer can hold; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The gates of one process, and how the others reach them. */
export interface ProcessGates extends Gates {
  readonly hear: (...of: Parameters<Member['gate']>) => void;
  readonly turnFree: (...of: Parameters<Member['turnFree']>) => void;
}

/**
 * Gates and limits of one process, a lane for each scope: shut until a time, then open for one probe, then for the rest
 * at a pace, and counted where a limit is set. A free place is given at once, without a timer; who finds none waits in
 * the lane's room. Lanes that say nothing are not kept.
 */
export function localGates(clock: GateClock, watch: GateWatch, settings: GateSettings): ProcessGates {
  const {kindOf, mostWaiting, countsCars, link} = settings;
  const make = (key: GateKey): Lane => (link ? new SharedLane(key, kindOf(key)) : new Lane(key, kindOf(key)));
  const lanes = createLanes({clock, make, kindOf, opened: key => watch.opened(key)});
  const {application} = lanes;
  const turns = link && turnTaker(link, clock, settle);
  let simple: readonly [Pass] | undefined;

  /** Places of the application while nothing is the matter are all alike. */
  function simplePass(): readonly Pass[] {
    application.enter();
    if (simple?.[0].epoch !== application.epoch) simple = [new Place(application, false, 0, around)];
    return simple;
  }

  const around: Surroundings = {
    now: () => clock.monotonic(),
    unused: lane => turns?.unused(lane),
    left(lane, paceChanged, {failedProbes, epoch}) {
      if (paceChanged) watch.paced(lane.key, lane.pace?.intervalMs);
      const current = epoch === lane.epoch;
      if (failedProbes > 0 && current && !lane.probing) tell('passed', lane);
      else if (failedProbes > 0 && lane instanceof SharedLane && !lane.hasProbe) link?.probeOver(lane.key);
      else if (paceChanged) tell('paced', lane);
      settle(lane);
    },
  };

  function tell(change: GateChange, lane: Lane): void {
    if (lane instanceof SharedLane) link?.tell(change, lane.news(clock.monotonic()));
  }

  function take(lane: Lane, now: number): Pass {
    lanes.keep(lane);
    return new Place(lane, lane.paces(now), lane.take(now), around);
  }

  /** After whatever has changed: the next one goes, or a timer is set for it, or there is nothing left to keep. */
  function settle(lane: Lane): void {
    if (lane.waiting > 0) return serve(lane);
    lane.wake?.();
    lane.wake = undefined;
    lane.room = undefined;
    turns?.drop(lane);
    if (lane.recovered(lane.recovering ? clock.monotonic() : 0)) watch.opened(lane.key);
    lanes.dropIfIdle(lane);
  }

  function serve(lane: Lane): void {
    lane.wake?.();
    lane.wake = undefined;
    const now = clock.monotonic();
    turns?.ask(lane, now);
    const ms = lane.readyInMs(now);
    if (ms === 0 && lane.roomFor(now) >= lane.waiting) lane.room?.callAll();
    else if (ms === 0) lane.room?.call();
    else if (ms < Infinity) sleep(lane, ms);
  }

  /** It may wake early, or sleep for a part of the time: then it sleeps on. */
  function sleep(lane: Lane, ms: number): void {
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    lane.wake = stop;
    const wake = (): void => {
      if (lane.wake === stop) settle(lane);
    };
    clock.sleep(Math.min(Math.ceil(ms), LONGEST_TIMER_MS), controller.signal).then(wake, () => undefined);
  }

  const refusal = (lane: Lane, ms: number, refused: Refused['refused']): Refused => ({
    refused,
    key: lane.key,
    until: Math.ceil(clock.now() + ms),
  });

  function wait(lane: Lane, visitor: Visitor, signal: AbortSignal): Promise<Pass | Refused> {
    const room = (lane.room ??= waitingRoom(mostWaiting, () => settle(lane), clock.hold));
    return new Promise((resolve, reject) => {
      const gone = (): void => {
        // Its last moment can be its turn: that timer may only come later in the same millisecond.
        const now = clock.monotonic();
        if (now >= visitor.latest && lane.readyInMs(now) === 0) room.callAll();
        room.leave(waiter);
        reject(signal.reason);
        settle(lane);
      };
      const waiter: Waiter = {
        ...visitor,
        turn() {
          const now = clock.monotonic();
          if (lane.readyInMs(now) > 0) return false;
          signal.removeEventListener('abort', gone);
          resolve(take(lane, now));
          return true;
        },
        refuse(why) {
          signal.removeEventListener('abort', gone);
          resolve(refusal(lane, lane.soonestInMs(clock.monotonic(), 0), why));
        },
      };
      signal.addEventListener('abort', gone, {once: true});
      lanes.keep(lane);
      room.enter(waiter);
      settle(lane);
    });
  }

  return {
    get current() {
      return link?.current ?? true;
    },
    shared: link !== undefined,
    sync: () => link?.sync() ?? Promise.resolve(),
    get quiet() {
      return lanes.empty && !countsCars;
    },
    enterAtOnce(keys) {
      if (keys.length === 1 && keys[0] === APPLICATION && application.clear) return simplePass();
      const now = clock.monotonic();
      const needed: Lane[] = [];
      for (const key of keys) {
        const lane = lanes.toPass(key);
        if (!lane) continue;
        if (lane.waiting > 0 || lane.readyInMs(now) > 0) return undefined;
        needed.push(lane);
      }
      return needed.map(lane => take(lane, now));
    },
    enterByTurn(key) {
      const lane = turns && lanes.toPass(key);
      if (!turns || !lane || lane.waiting > 0) return undefined;
      const asked = turns.askApart(lane, clock.monotonic());
      if (!asked) return undefined;
      lanes.keep(lane);
      return asked.then(() => {
        const now = clock.monotonic();
        if (lane.waiting === 0 && lane.readyInMs(now) === 0) return take(lane, now);
        settle(lane);
        return undefined;
      });
    },
    async enter(key, visitor, signal) {
      signal.throwIfAborted();
      const lane = lanes.for(key);
      const now = clock.monotonic();
      if (lane.waiting === 0 && lane.readyInMs(now) === 0) return take(lane, now);
      const ms = lane.soonestInMs(now, lane.room?.ahead(visitor.priority) ?? 0);
      return now + ms > visitor.latest ? refusal(lane, ms, 'too-long') : wait(lane, visitor, signal);
    },
    shut(keys) {
      const now = clock.monotonic();
      let longest: Blockade | undefined;
      for (const key of keys) {
        const lane = lanes.at(key);
        const restMs = lane?.restMs(now) ?? 0;
        if (!lane || restMs <= (longest?.restMs ?? 0)) continue;
        longest = {key, until: lane.until, restMs, reason: lane.reason};
      }
      return longest;
    },
    holds(keys, passes) {
      const now = clock.monotonic();
      return keys.every(key => {
        const lane = lanes.at(key);
        const pass = passes.find(one => one.key === key);
        // Old news shuts a gate for longer without a new epoch.
        if (!lane) return pass === undefined;
        return lane.bringsNews(pass?.epoch) && lane.restMs(now) === 0 && lane.earlyMs(now) === 0;
      });
    },
    close(key, closing, passes) {
      const now = clock.monotonic();
      const shutUntil = now + Math.max(0, closing.until - clock.now());
      const lane = lanes.for(key);
      const pass = passes.find(one => one.key === key);
      const current = pass ? lane.bringsNews(pass.epoch) : !lane.recovering;
      const before = lane.pace?.intervalMs;
      if (!lane.close(closing, shutUntil, current, now)) return;
      lanes.keep(lane);
      watch.closed(key, lane.until, lane.reason);
      if (lane.pace && lane.pace.intervalMs !== before) watch.paced(key, lane.pace.intervalMs);
      turns?.drop(lane);
      tell(current ? 'closed' : 'extended', lane);
      lane.room?.notBefore(lane.shutUntil);
      settle(lane);
    },
    ease(key) {
      const lane = lanes.for(key);
      const now = clock.monotonic();
      if (!lane.recovering && lane.restMs(now) === 0) lane.reopens(now);
      lanes.keep(lane);
    },
    reopen(key) {
      const lane = lanes.at(key);
      const now = clock.monotonic();
      if (!lane || lane.restMs(now) === 0) return false;
      lane.openAt(now);
      tell('reopened', lane);
      settle(lane);
      return true;
    },
    waiting: key => lanes.at(key)?.waiting ?? 0,
    list() {
      const now = clock.monotonic();
      return lanes.all().map(lane => stateOf(lane, now));
    },
    hear(change, news) {
      const lane = lanes.for(news.key);
      if (!(lane instanceof SharedLane)) return;
      const now = clock.monotonic();
      const before = lane.pace?.intervalMs;
      if (change === 'closed' || change === 'extended') turns?.drop(lane);
      if (!lane.hear(change, news, now, clock.now())) return;
      lanes.keep(lane);
      const shut = lane.restMs(now) > 0 && (change === 'closed' || change === 'extended');
      if (shut) watch.closed(lane.key, lane.until, lane.reason);
      if (lane.pace?.intervalMs !== before) watch.paced(lane.key, lane.pace?.intervalMs);
      lane.room?.notBefore(lane.shutUntil);
      settle(lane);
    },
    turnFree(key) {
      const lane = lanes.at(key);
      if (!(lane instanceof SharedLane)) return;
      lane.askAtOnce();
      settle(lane);
    },
  };
}
