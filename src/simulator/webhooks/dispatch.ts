import type {SimulatedTime} from '../clock.ts';
import {type Dice, createDice} from '../dice.ts';
import type {Hook} from './hooks.ts';
import {type Content, writePayload} from './payload.ts';
import {type Answer, post} from './post.ts';
import {type Order, arrange} from './order.ts';
import type {Delivery} from './types.ts';

/** An event for one webhook. */
export interface Mail {
  readonly hook: Hook;
  readonly eventId: string;
  readonly content: Content;
}

export interface DispatchSetup {
  /** The application management token. */
  readonly token: string;
  readonly time: SimulatedTime;
  readonly dice: Dice;
  readonly closing: AbortSignal;
}

/** Takes events to their webhooks, and tries again. */
export interface Dispatch {
  readonly deliveries: readonly Delivery[];
  /** At once, beside all others; or not before `release`. */
  send(mail: Mail): void;
  /** Once, without retries, whether events are kept back or not. */
  ask(mail: Mail): Promise<Answer>;
  /** Forgets what was not delivered yet. */
  discard(unwanted: (mail: Mail) => boolean): void;
  hold(): void;
  /** One after the other: the next leaves when the one before was answered. Throws for more than can wait at once. */
  release(order: Order, copies: number): void;
  idle(): Promise<void>;
}

/** https://smartcar.com/docs/api-reference/webhooks/delivery-behavior */
const retriesAfterMs: readonly number[] = [25_000, 50_000, 100_000];

/** Of deliveries, and of events that are kept back, under way or waiting for a retry. */
const most = 10_000;

/** Mail that is not delivered yet. */
interface Parcel extends Mail {
  /** Its own, so that the ids of its deliveries don't depend on what else goes wrong. */
  readonly dice: Dice;
  readonly stop: AbortController;
}

type OpenDelivery = {-readonly [Key in keyof Delivery]: Delivery[Key]};

export function createDispatch({token, time, dice, closing}: DispatchSetup): Dispatch {
  const deliveries: OpenDelivery[] = [];
  const waiting = new Set<Parcel>();
  const running = new Set<Promise<unknown>>();
  let held: Set<Parcel> | undefined;
  let walking: Promise<void> = Promise.resolve();

  closing.addEventListener('abort', () => waiting.forEach(drop), {once: true});

  /** The oldest makes room. */
  function admit({hook, eventId, content}: Mail): Parcel {
    const [oldest] = waiting;
    if (oldest !== undefined && waiting.size >= most) drop(oldest);
    const own = createDice(Math.floor(dice.share() * 2 ** 32));
    const parcel = {hook, eventId, content, dice: own, stop: new AbortController()};
    waiting.add(parcel);
    if (closing.aborted) drop(parcel);
    return parcel;
  }

  function drop(parcel: Parcel): void {
    waiting.delete(parcel);
    held?.delete(parcel);
    parcel.stop.abort();
  }

  function track<Result>(work: Promise<Result>): Promise<Result> {
    const run: Promise<Result> = work.finally(() => running.delete(run));
    running.add(run);
    return run;
  }

  async function attempt(parcel: Parcel, number: number): Promise<Answer> {
    const {hook, eventId, content, stop} = parcel;
    const {eventType, vehicle} = content;
    const deliveryId = parcel.dice.uuid();
    const at = time.now();
    const delivery: OpenDelivery = {
      webhook: hook.id,
      eventId,
      deliveryId,
      eventType,
      ...(vehicle === undefined ? {} : {vehicle}),
      attempt: number,
      at,
      status: undefined,
    };
    if (deliveries.length >= most) deliveries.shift();
    deliveries.push(delivery);
    const body = writePayload(hook, content, {eventId, deliveryId, deliveredAt: at});
    const reads = eventType === 'VERIFY';
    const answer = await post({url: hook.settings.url, body, token, time, stop: stop.signal, reads});
    delivery.status = answer.status;
    return answer;
  }

  /** Whether there is nothing left to do: it was accepted, or nobody wants it any longer. */
  async function settles(parcel: Parcel, number: number): Promise<boolean> {
    if (parcel.stop.signal.aborted) return true;
    const {status} = await attempt(parcel, number);
    const accepted = typeof status === 'number' && status >= 200 && status < 300;
    if (accepted) waiting.delete(parcel);
    return accepted || parcel.stop.signal.aborted;
  }

  /** False when the parcel was dropped in the meantime. */
  function rest(ms: number, {stop}: Parcel): Promise<boolean> {
    return time.sleep(ms, stop.signal).then(
      () => true,
      () => false,
    );
  }

  async function retry(parcel: Parcel): Promise<void> {
    for (const [index, afterMs] of retriesAfterMs.entries()) {
      if (!(await rest(afterMs, parcel)) || (await settles(parcel, index + 2))) break;
    }
    waiting.delete(parcel);
  }

  async function travel(parcel: Parcel, delayMs: number): Promise<void> {
    if (delayMs > 0 && !(await rest(delayMs, parcel))) return;
    if (!(await settles(parcel, 1))) await retry(parcel);
  }

  async function walk(line: readonly Parcel[]): Promise<void> {
    for (const parcel of line) {
      if (!(await settles(parcel, 1))) void track(retry(parcel));
    }
  }

  return {
    deliveries,
    send(mail) {
      const {duplicates, disorderMs} = mail.hook.settings;
      // Drawn in any case, so that holding events back changes nothing for those that follow.
      const copies = dice.share() < duplicates ? 2 : 1;
      const delays = [dice.share() * disorderMs, dice.share() * disorderMs];
      if (held !== undefined) held.add(admit(mail));
      else for (const delayMs of delays.slice(0, copies)) void track(travel(admit(mail), delayMs));
    },
    async ask(mail) {
      const parcel = admit(mail);
      const answer = await track(attempt(parcel, 1));
      waiting.delete(parcel);
      return answer;
    },
    discard(unwanted) {
      for (const parcel of [...waiting].filter(unwanted)) drop(parcel);
    },
    hold() {
      held ??= new Set();
    },
    release(order, copies) {
      const kept = [...(held ?? [])];
      if (kept.length * copies > most)
        throw new RangeError(`Expected at most ${most} deliveries, got ${kept.length} events × ${copies}`);
      held = undefined;
      const line = kept.flatMap(parcel => [parcel, ...Array.from({length: copies - 1}, () => admit(parcel))]);
      const arranged = arrange(line, order, dice);
      walking = track(walking.then(() => walk(arranged)));
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
