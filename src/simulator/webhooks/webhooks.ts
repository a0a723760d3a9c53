import type {SimulatedTime} from '../clock.ts';
import type {Dice} from '../dice.ts';
import type {Change} from '../fleet/changes.ts';
import {isConnected} from '../fleet/owner.ts';
import type {Application, World} from '../world.ts';
import {createTranslator} from './automatic.ts';
import {challenge} from './challenge.ts';
import {createDispatch} from './dispatch.ts';
import {type Occurrence, type Subject, describeEvent} from './events.ts';
import {fit} from './fit.ts';
import {type Hook, createHook, describeHook, subscribe, unsubscribe, wants} from './hooks.ts';
import {orders} from './order.ts';
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
  /** Cars come and go by these. Undefined for a webhook that nobody knows. */
  readonly subscriptions: (webhook: string) => Subscriptions | undefined;
  /** The fleet tells us what happens, so its world can only be made after us. Until then nothing is sent. */
  attach(world: World): void;
}

export interface Subscriptions {
  add(vehicle: string): void;
  /** What was not delivered yet about this car is forgotten. */
  remove(vehicle: string): void;
}

export function createWebhooks({application, time, dice, closing}: WebhookSetup): WebhookService {
  const token = application.managementToken;
  const hooks = new Map<string, Hook>();
  const dispatch = createDispatch({token, time, dice, closing});
  const translator = createTranslator();
  let world: World | undefined;

  /** Returns the id of the event, and how many payloads it came to. */
  function tell(where: World, subject: Subject, event: Occurrence): {id: string; sent: number} {
    const ids = [dice.uuid()];
    const type = 'error' in event ? 'VEHICLE_ERROR' : 'VEHICLE_STATE';
    const vehicle = subject.car.state.id;
    const describe = describeEvent(where, subject, event);
    let sent = 0;
    for (const hook of [...hooks.values()].filter(one => wants(one, type, vehicle))) {
      const first = type === 'VEHICLE_STATE' && !hook.met.has(vehicle);
      if (first) hook.met.add(vehicle);
      const parts = fit(hook, describe({version: hook.settings.version, first}));
      for (const [index, content] of parts.entries()) {
        const eventId = (ids[index] ??= dice.uuid());
        dispatch.send({hook, eventId, content});
        sent += 1;
      }
    }
    return {id: ids[0] ?? '', sent};
  }

  function find(id: string): Hook {
    const hook = hooks.get(id);
    if (hook === undefined)
      throw new Error(`Expected the id of a webhook (${[...hooks.keys()].join(', ')}), got \`${id}\``);
    return hook;
  }

  const control: Webhooks = {
    async add(spec) {
      const hook = createHook(dice.uuid(), spec);
      if (hook.settings.verify) await challenge(hook, dispatch, dice, token);
      if (closing.aborted) throw new Error('Expected a simulator that runs, got one that is closed');
      hooks.set(hook.id, hook);
      return describeHook(hook);
    },
    remove(id) {
      const hook = find(id);
      hooks.delete(id);
      dispatch.discard(mail => mail.hook === hook);
    },
    list: () => [...hooks.values()].map(describeHook),
    send(event) {
      const subject = world?.fleet.findCar(event.vehicle);
      if (world === undefined || subject === undefined)
        throw new Error(`Expected the id of a vehicle, got \`${event.vehicle}\``);
      const {id, sent} = tell(world, subject, event);
      const type = 'error' in event ? 'VEHICLE_ERROR' : 'VEHICLE_STATE';
      if (sent === 0 && [...hooks.values()].some(hook => wants(hook, type, event.vehicle)))
        throw new RangeError('Expected an event of at most 50 000 bytes, got a larger one');
      return id;
    },
    hold: () => dispatch.hold(),
    release({order = 'as-sent', copies = 1} = {}) {
      if (!orders.includes(order))
        throw new RangeError(`Expected \`order\` to be one of ${orders.join(', ')}, got \`${order}\``);
      if (!Number.isInteger(copies) || copies < 1)
        throw new RangeError(`Expected \`copies\` to be a whole number from 1 up, got \`${copies}\``);
      dispatch.release(order, copies);
    },
    deliveries: dispatch.deliveries,
    idle: () => dispatch.idle(),
  };

  return {
    control,
    notify(change) {
      if (world === undefined || closing.aborted || hooks.size === 0) return;
      // Translated in any case: the end of a fault has to be known, whoever is connected then.
      for (const event of translator.translate(world, change)) {
        if (isConnected(change.owner, change.car.state.id)) tell(world, change, event);
      }
    },
    subscriptions(id) {
      const hook = hooks.get(id);
      if (hook === undefined) return undefined;
      return {
        add: vehicle => subscribe(hook, vehicle),
        remove(vehicle) {
          unsubscribe(hook, vehicle);
          dispatch.discard(mail => mail.hook === hook && mail.content.vehicle === vehicle);
        },
      };
    },
    attach(made) {
      world = made;
    },
  };
}
