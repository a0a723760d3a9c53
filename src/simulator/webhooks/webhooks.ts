import type {SimulatedTime} from '../clock.ts';
import type {Dice} from '../dice.ts';
import type {Change} from '../fleet/changes.ts';
import type {Application} from '../world.ts';
import type {Webhooks} from './types.ts';

export interface WebhookSetup {
  readonly application: Application;
  readonly time: SimulatedTime;
  readonly dice: Dice;
  /** Aborted when the simulator closes. */
  readonly closing: AbortSignal;
}

/** Webhooks as the rest of the simulator sees them. */
export interface WebhookService {
  /** What the owner of the simulator can do with them. */
  readonly control: Webhooks;
  /** Tells the webhooks that want to know. */
  readonly notify: (change: Change) => void;
}

export function createWebhooks(_setup: WebhookSetup): WebhookService {
  // to be built
  const control: Webhooks = {
    add: () => Promise.reject(new Error('to be built')),
    remove() {},
    list: () => [],
    send: () => '',
    hold() {},
    release() {},
    deliveries: [],
    idle: () => Promise.resolve(),
  };
  return {control, notify() {}};
}
