import {Lane} from '../../../../src/limits/lane.ts';
import {kindsOf} from '../../../../src/limits/kinds.ts';

/** What the server's 429 says: the milliseconds, whole seconds rounded up, or nothing. */
export type Telling = 'exactly' | 'in seconds' | 'not at all';

export interface World {
  readonly scope: 'application' | 'vehicle:a';
  readonly perMinute: number;
  readonly bucket: number;
  readonly telling: Telling;
  /** A request is on its way for between half of this and one and a half. */
  readonly latencyMs?: number;
  /** For how long the gate closes where nothing is told, by how many probes have failed in a row. */
  readonly backoffMs?: (failedProbes: number) => number;
  readonly seed: number;
}

export interface Sent {
  readonly at: number;
  readonly ok: boolean;
}

/** The server's bucket, in whole numbers: sixty-thousandths of a token per millisecond and call a minute. */
class Server {
  perMinute: number;
  readonly #bucket: number;
  #parts: number;
  #at = 0;

  constructor(perMinute: number, bucket: number) {
    this.perMinute = perMinute;
    this.#bucket = bucket;
    this.#parts = bucket * 60_000;
  }

  /** 0: there was a token. Otherwise the milliseconds until there is one. */
  take(at: number): number {
    this.#parts = Math.min(this.#bucket * 60_000, this.#parts + (at - this.#at) * this.perMinute);
    this.#at = at;
    if (this.#parts < 60_000) return Math.ceil((60_000 - this.#parts) / this.perMinute);
    this.#parts -= 60_000;
    return 0;
  }
}

/** So many are under way at most. */
const CALLERS = 10;

/** Callers without end before a server that has a limit: as soon as the lane lets somebody go, somebody goes. */
export class Learner {
  readonly sent: Sent[] = [];
  readonly server: Server;
  readonly lane: Lane;
  readonly #world: World;
  #state: number;
  #now = 0;
  #lastArrival = 0;
  readonly #onTheWire: {readonly backAt: number; readonly back: () => void}[] = [];

  constructor(world: World) {
    this.#world = world;
    this.#state = world.seed;
    this.server = new Server(world.perMinute, world.bucket);
    const vehicle = {commands: 1, requests: Infinity, spacingMs: 0};
    this.lane = new Lane(world.scope, kindsOf({vehicle})(world.scope));
  }

  /** Goes on until so many more have been sent; gives those. */
  send(calls: number): readonly Sent[] {
    const from = this.sent.length;
    while (this.sent.length < from + calls) this.#step();
    return this.sent.slice(from, from + calls);
  }

  /** What has been learned; `undefined`: nothing, or nothing needs to be paced any more. */
  get intervalMs(): number | undefined {
    return this.lane.pace?.intervalMs;
  }

  #step(): void {
    const readyAt = this.#now + Math.ceil(this.lane.readyInMs(this.#now));
    const [next] = this.#onTheWire;
    if (next && (next.backAt <= readyAt || this.#onTheWire.length === CALLERS)) {
      this.#onTheWire.shift();
      this.#now = next.backAt;
      next.back();
    } else {
      this.#now = readyAt;
      this.#go();
    }
  }

  #go(): void {
    const {epoch} = this.lane;
    const paced = this.lane.paces(this.#now);
    const failedProbes = this.lane.take(this.#now);
    // What is sent later arrives later, and so do the answers, as on one connection.
    const arrivesAt = Math.max(this.#lastArrival, this.#now + this.#latency());
    this.#lastArrival = arrivesAt;
    const restMs = this.server.take(arrivesAt);
    this.sent.push({at: this.#now, ok: restMs === 0});
    const backAt = Math.max(this.#onTheWire.at(-1)?.backAt ?? 0, arrivesAt + this.#latency());
    this.#onTheWire.push({
      backAt,
      back: () => {
        if (restMs > 0) this.#refused(restMs, epoch, failedProbes);
        this.lane.leave(epoch, restMs === 0, paced, this.#now);
      },
    });
  }

  #refused(restMs: number, epoch: number, failedProbes: number): void {
    const {telling, backoffMs = failed => Math.min(1_000 * 2 ** failed, 60_000)} = this.#world;
    const toldMs =
      telling === 'exactly'
        ? restMs
        : telling === 'in seconds'
          ? Math.ceil(restMs / 1_000) * 1_000
          : undefined;
    const until = this.#now + (toldMs ?? backoffMs(failedProbes));
    const closing = {until, reason: 'rate-limited', limit: true, ...(toldMs !== undefined && {toldMs})};
    this.lane.close(closing, until, epoch === this.lane.epoch, this.#now);
  }

  #latency(): number {
    const {latencyMs = 0} = this.#world;
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.round((latencyMs * (0.5 + this.#state / 2 ** 32)) / 2);
  }
}
