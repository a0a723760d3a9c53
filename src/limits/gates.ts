import type {Blockade, Gates, GateKey, Pass, Refused, Visitor} from '../ports.ts';
import {stateOf} from './gate-state.ts';
import type {GateClock, GateSettings, GateWatch} from './gate-settings.ts';
import {Lane} from './lane.ts';
import {Place, type Surroundings} from './place.ts';
import {waitingRoom, type Waiter} from './waiting-room.ts';

const APPLICATION = 'application';
const SWEEP_FROM = 1_000;
/** The longest time a Node timer can hold; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Gates and limits of one process, a lane for each scope: shut until a time, then open for one probe, then for the rest
 * at a pace, and counted where a limit is set. A free place is given at once, without a timer; who finds none waits in
 * the lane's room. Lanes that say nothing are not kept.
 */
export function localGates(clock: GateClock, watch: GateWatch, settings: GateSettings): Gates {
  const {kindOf, mostWaiting, countsCars} = settings;
  const application = new Lane(APPLICATION, kindOf(APPLICATION));
  const lanes = new Map<GateKey, Lane>();
  let sweepAt = SWEEP_FROM;
  let simple: readonly Pass[] | undefined;

  function laneAt(key: GateKey): Lane | undefined {
    if (key === APPLICATION) return application;
    const lane = lanes.get(key);
    if (!lane?.forgettable(clock.monotonic())) return lane;
    forget(lane);
    return undefined;
  }

  const laneFor = (key: GateKey): Lane => laneAt(key) ?? new Lane(key, kindOf(key));

  /** The lane in which this scope has to be asked for a place; `undefined` where nothing is known and nothing counted. */
  function laneToPass(key: GateKey): Lane | undefined {
    const standing = laneAt(key);
    if (standing) return standing;
    const kind = kindOf(key);
    return kind.places < Infinity || kind.rate ? new Lane(key, kind) : undefined;
  }

  function keep(lane: Lane): void {
    if (lane === application || lanes.has(lane.key)) return;
    sweep();
    lanes.set(lane.key, lane);
  }

  /** Each time the number has doubled, so that a gate costs the same however many there are. */
  function sweep(): void {
    if (lanes.size < sweepAt) return;
    const now = clock.monotonic();
    for (const lane of lanes.values()) if (lane.forgettable(now)) forget(lane);
    sweepAt = Math.max(SWEEP_FROM, lanes.size * 2);
  }

  function forget(lane: Lane): void {
    if (lane === application || lanes.get(lane.key) !== lane) return;
    lanes.delete(lane.key);
    if (!lane.recovering) return;
    // Later: a listener may call the policy, which is in the middle of something here.
    queueMicrotask(() => {
      if (!lanes.has(lane.key)) watch.opened(lane.key);
    });
  }

  /** Places of the application while nothing is the matter are all alike. */
  function simplePass(): readonly Pass[] {
    application.enter();
    if (simple?.[0]?.epoch !== application.epoch) simple = [new Place(application, 0, around)];
    return simple;
  }

  const around: Surroundings = {
    now: () => clock.monotonic(),
    left(lane, paceChanged) {
      if (paceChanged) watch.paced(lane.key, lane.pace?.intervalMs);
      settle(lane);
    },
  };

  function take(lane: Lane, now: number): Pass {
    keep(lane);
    return new Place(lane, lane.take(now), around);
  }

  /** After whatever has changed: the next one goes, or a timer is set for it, or there is nothing left to keep. */
  function settle(lane: Lane): void {
    if (lane.waiting > 0) return serve(lane);
    lane.wake?.();
    lane.wake = undefined;
    lane.room = undefined;
    if (lane.recovered()) watch.opened(lane.key);
    if (lane !== application && lane.forgettable(clock.monotonic())) forget(lane);
  }

  function serve(lane: Lane): void {
    lane.wake?.();
    lane.wake = undefined;
    const now = clock.monotonic();
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
      keep(lane);
      room.enter(waiter);
      settle(lane);
    });
  }

  return {
    get quiet() {
      return lanes.size === 0 && !countsCars;
    },
    enterAtOnce(keys) {
      if (keys.length === 1 && keys[0] === APPLICATION && application.clear) return simplePass();
      const now = clock.monotonic();
      const needed: Lane[] = [];
      for (const key of keys) {
        const lane = laneToPass(key);
        if (!lane) continue;
        if (lane.waiting > 0 || lane.readyInMs(now) > 0) return undefined;
        needed.push(lane);
      }
      return needed.map(lane => take(lane, now));
    },
    async enter(key, visitor, signal) {
      signal.throwIfAborted();
      const lane = laneFor(key);
      const now = clock.monotonic();
      if (lane.waiting === 0 && lane.readyInMs(now) === 0) return take(lane, now);
      const ms = lane.soonestInMs(now, lane.room?.ahead(visitor.priority) ?? 0);
      return now + ms > visitor.latest ? refusal(lane, ms, 'too-long') : wait(lane, visitor, signal);
    },
    shut(keys) {
      const now = clock.monotonic();
      let longest: Blockade | undefined;
      for (const key of keys) {
        const lane = laneAt(key);
        const restMs = lane?.restMs(now) ?? 0;
        if (!lane || restMs <= (longest?.restMs ?? 0)) continue;
        longest = {key, until: lane.until, restMs, reason: lane.reason};
      }
      return longest;
    },
    holds(keys, passes) {
      const now = clock.monotonic();
      return keys.every(key => {
        const lane = laneAt(key);
        const pass = passes.find(one => one.key === key);
        // Old news shuts a gate for longer without a new epoch.
        if (!lane) return pass === undefined;
        return pass?.epoch === lane.epoch && lane.restMs(now) === 0 && lane.earlyMs(now) === 0;
      });
    },
    close(key, closing, passes) {
      const now = clock.monotonic();
      const shutUntil = now + Math.max(0, closing.until - clock.now());
      const lane = laneFor(key);
      const pass = passes.find(one => one.key === key);
      const current = pass ? pass.epoch === lane.epoch : !lane.recovering;
      const before = lane.pace?.intervalMs;
      if (!lane.close(closing, shutUntil, current, now)) return;
      keep(lane);
      watch.closed(key, lane.until, lane.reason);
      if (lane.pace && lane.pace.intervalMs !== before) watch.paced(key, lane.pace.intervalMs);
      lane.room?.notBefore(lane.shutUntil);
      settle(lane);
    },
    ease(key) {
      const lane = laneFor(key);
      const now = clock.monotonic();
      if (!lane.recovering && lane.restMs(now) === 0) lane.reopens(now);
      keep(lane);
    },
    reopen(key) {
      const lane = laneAt(key);
      const now = clock.monotonic();
      if (!lane || lane.restMs(now) === 0) return false;
      lane.openAt(now);
      settle(lane);
      return true;
    },
    waiting: key => laneAt(key)?.waiting ?? 0,
    list() {
      const now = clock.monotonic();
      for (const lane of lanes.values()) if (lane.forgettable(now)) forget(lane);
      return [application, ...lanes.values()].map(lane => stateOf(lane, now));
    },
  };
}
