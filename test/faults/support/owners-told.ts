import type {ManualClock, Policy} from './front-door.ts';

const HOUR_MS = 3_600_000;

interface Away {
  readonly whose: string;
  readonly since: number;
  /** By the clock on the wall, which is all that a process has that begins later. */
  readonly at: number;
  /** The processes that have it at hand: others find it when they look. */
  readonly known: Set<number>;
}

/** Listens to what owners are told, and notices what they must not be: twice the same, or without a reason. */
export class OwnersTold {
  readonly #wrongs: string[];
  readonly #clock: ManualClock;
  readonly #open = new Map<string, Away>();
  /** Those of whom Smartcar has said that they have to come back. */
  readonly sentAway: Set<string> = new Set();

  constructor(wrongs: string[], clock: ManualClock) {
    this.#wrongs = wrongs;
    this.#clock = clock;
  }

  /** `era`: which process it is of; it begins with all that is open. */
  listen(policy: Policy, era: number): void {
    for (const {known, at} of this.#open.values()) if (this.#clock.now() - at < HOUR_MS) known.add(era);
    policy.on('reauth', ({episode, user, vehicle, scope}) => {
      if (!this.sentAway.has(user)) this.#wrongs.push(`${user} was sent away without a reason`);
      if (this.#open.has(episode)) this.#wrongs.push(`${user} was told twice of one episode`);
      const whose = scope === 'user' ? user : scope === 'vehicle' ? `${vehicle}` : 'a permission';
      const same = [...this.#open.values()].some(one => one.whose === whose && scope !== 'permission');
      if (same) this.#wrongs.push(`${whose} was told again while they are away`);
      const [since, at] = [this.#clock.monotonic(), this.#clock.now()];
      this.#open.set(episode, {whose, since, at, known: new Set([era])});
    });
    policy.on('reauth-resolved', ({episode, user}) => {
      if (!this.#open.delete(episode)) this.#wrongs.push(`${user} is back and was never away`);
    });
  }

  /** While an owner is away no request is worth its price, but for a look each hour. */
  asked(user: string, car: string, era: number): void {
    for (const {whose, since, known} of this.#open.values())
      if (known.has(era) && (whose === user || whose === car) && this.#clock.monotonic() - since < HOUR_MS)
        this.#wrongs.push(`${car} was asked though ${whose} is away`);
  }
}
