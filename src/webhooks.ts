import {decide, FRESH_CALL} from './core/decide.ts';
import {PolicyError} from './core/policy-error.ts';
import {wrong} from './core/wrong.ts';
import type {Engine} from './engine/engine.ts';
import type {PolicyOptions} from './options.ts';
import type {Marks} from './ports.ts';
import {webhookHandler, type EmitWebhook} from './webhooks/handle.ts';
import type {WebhookOptions} from './webhooks/options.ts';
import {reactingTo} from './webhooks/react.ts';

/** Takes Smartcar's webhooks. */
export interface Webhooks {
  /**
   * Answers one delivery: checks its signature, answers a challenge, drops duplicates, and turns `VEHICLE_ERROR` into
   * episodes, gates and their end. Give it the request unread. Rejects with `CONFIGURATION` alone.
   */
  handle(request: Request): Promise<Response>;
}

export interface WebhookParts {
  readonly engine: Pick<Engine, 'clock' | 'backoff' | 'random' | 'episodes' | 'gates'>;
  readonly marks: Marks;
  readonly events: {readonly emit: EmitWebhook};
  /** Waits for this before the store is closed. */
  readonly track: <T>(start: () => Promise<T>) => Promise<T>;
}

/** What a webhook says is decided about as if a read of the car had failed that way. */
export function webhooksOf(
  {auth, connect, webhooks}: Pick<PolicyOptions, 'auth' | 'connect'> & {readonly webhooks?: WebhookOptions},
  {engine, marks, events, track}: WebhookParts,
): Webhooks {
  if (!webhooks) {
    return {
      async handle() {
        throw wrong('`webhooks`', 'an option of createPolicy, since a webhook came', undefined);
      },
    };
  }
  const {clock, backoff, random, episodes, gates} = engine;
  const {applicationManagementToken, usesSignal, userFor} = webhooks;
  const noUser = auth?.version === '2' ? {userFor: () => undefined} : {};
  const react = reactingTo({
    decideOn: (evidence, vehicle) =>
      decide(evidence, {...FRESH_CALL, vehicle}, backoff, {now: clock.now(), dice: random()}),
    episodes,
    gates,
    now: () => clock.now(),
    ...(connect?.scope && {scope: connect.scope}),
    ...(usesSignal && {usesSignal}),
  });
  const handle = webhookHandler({
    applicationManagementToken,
    marks,
    clock,
    react,
    emit: events.emit,
    ...(userFor ? {userFor} : noUser),
  });
  return {
    async handle(request) {
      if (!(request instanceof Request)) throw wrong('the delivery', 'a Request', request);
      // Smartcar comes again, and finds another process, or this one after its restart.
      return track(() => handle(request)).catch((error: unknown) => {
        if (PolicyError.is(error) && error.code === 'CLOSED') return new Response(null, {status: 503});
        throw error;
      });
    },
  };
}
