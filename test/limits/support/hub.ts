import {
  fullBucket,
  levelOf,
  readyInMs,
  returned,
  taken,
  type Bucket,
} from '../../../src/core/pacing/bucket.ts';
import type {
  GateChange,
  GateKey,
  GateNews,
  Member,
  PeerLink,
  Peers,
  SharedRate,
  TurnRequest,
  Turns,
} from '../../../src/ports.ts';

type HubClock = {now(): number; sleep(ms: number): Promise<void>};

/** How long what goes over the line takes, in milliseconds. */
export interface Delays {
  readonly answersInMs?: number;
  readonly newsInMs?: number;
}

interface Known {
  readonly til: number;
  readonly news: GateNews;
}

/** What Redis is to processes, for several in one: news arrive after `newsInMs`, turns after `answersInMs`. */
export class Hub {
  readonly #clock: HubClock;
  readonly #answersInMs: number;
  readonly #newsInMs: number;
  readonly #members = new Map<object, Member>();
  readonly #known = new Map<GateKey, Known>();
  readonly #probes = new Map<GateKey, object>();
  /** When the bucket of a pace would be full again. */
  readonly #fullAt = new Map<GateKey, number>();
  #rate: Bucket | undefined;

  constructor(clock: HubClock, {answersInMs = 0, newsInMs = 0}: Delays = {}) {
    this.#clock = clock;
    this.#answersInMs = answersInMs;
    this.#newsInMs = newsInMs;
  }

  /** Scopes whose probe is under way. */
  get probing(): readonly GateKey[] {
    return [...this.#probes.keys()];
  }

  peers(): Peers {
    return {join: (member, rate) => this.#join(member, rate)};
  }

  #join(member: Member, rate: SharedRate | undefined): PeerLink {
    const self = {};
    const members = this.#members;
    this.#members.set(self, member);
    if (rate) this.#rate ??= fullBucket(60_000 / rate.perMinute, rate.bucket);
    return {
      current: true,
      sync: async () => {
        for (const {til, news} of this.#known.values()) {
          const restMs = Math.max(0, til - this.#clock.now());
          if (!news.passed || restMs > 0) member.gate('closed', {...news, restMs});
          else if (news.pace) member.gate('paced', {...news, restMs});
        }
      },
      tell: (change, news) => this.#tell(self, change, news),
      take: async request => {
        if (this.#answersInMs > 0) await this.#clock.sleep(this.#answersInMs);
        return this.#take(self, request);
      },
      giveBack: (request, turns) => this.#giveBack(self, request, turns),
      probeOver: key => this.#giveBack(self, {key, probe: true, patient: false, rate: false, wanted: 1}, 1),
      async close() {
        members.delete(self);
      },
    };
  }

  #tell(self: object, change: GateChange, news: GateNews): void {
    const now = this.#clock.now();
    const {key, pace} = news;
    const before = this.#known.get(key);
    const longer = change === 'closed' || change === 'extended';
    const til = longer ? Math.max(now + news.restMs, before?.til ?? 0) : now + news.restMs;
    this.#known.set(key, {til: change === 'paced' ? (before?.til ?? 0) : til, news});
    if (change === 'closed' || change === 'passed') this.#probes.delete(key);
    if (change === 'closed' && pace) this.#fullAt.set(key, til + (pace.size - 1) * pace.intervalMs);
    if (change === 'paced' && pace)
      this.#fullAt.set(key, Math.min(this.#fullAt.get(key) ?? 0, now + pace.size * pace.intervalMs));
    this.#toOthers(self, member => member.gate(change, news));
  }

  #take(self: object, request: TurnRequest): Turns {
    const {wanted, rate, probe, pace} = request;
    const now = this.#clock.now();
    const bucket = rate ? this.#rate : undefined;
    const held = bucket ? Math.floor(levelOf(bucket, now)) : wanted;
    if (bucket && held < 1)
      return {given: 0, againInMs: Math.max(1, Math.ceil(readyInMs(bucket, now))), certain: true};
    const turns = probe || pace ? this.#ofGate(self, request) : {given: Math.min(held, wanted), againInMs: 0};
    if (bucket) for (let turn = 0; turn < turns.given; turn++) this.#rate &&= taken(this.#rate, now);
    return turns;
  }

  #ofGate(self: object, {key, probe, pace}: TurnRequest): Turns {
    const now = this.#clock.now();
    const fullAt = Math.max(now, this.#fullAt.get(key) ?? 0);
    if (probe && this.#known.get(key)?.news.passed !== true) {
      const holder = this.#probes.get(key) ?? self;
      if (holder !== self) return {given: 0, againInMs: 10_000};
      this.#probes.set(key, self);
    } else if (pace && fullAt - now > (pace.size - 1) * pace.intervalMs)
      return {given: 0, againInMs: Math.max(1, fullAt - now - (pace.size - 1) * pace.intervalMs)};
    if (pace) this.#fullAt.set(key, fullAt + pace.intervalMs);
    return {given: 1, againInMs: 0};
  }

  #giveBack(self: object, {key, probe, pace, rate}: TurnRequest, turns: number): void {
    if (rate) for (let turn = 0; turn < turns; turn++) this.#rate &&= returned(this.#rate);
    if (!probe && !pace) return;
    if (this.#probes.get(key) === self) this.#probes.delete(key);
    const fullAt = this.#fullAt.get(key);
    if (pace && fullAt !== undefined) this.#fullAt.set(key, fullAt - pace.intervalMs);
    this.#toOthers(self, member => member.turnFree(key));
  }

  #toOthers(self: object, say: (member: Member) => void): void {
    const sayAll = (): void => {
      for (const [other, member] of this.#members) if (other !== self) say(member);
    };
    if (this.#newsInMs === 0) return sayAll();
    void this.#clock.sleep(this.#newsInMs).then(sayAll);
  }
}
