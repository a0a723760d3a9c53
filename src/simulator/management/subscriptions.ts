import type {Call, Fault, Outcome, Route, RouteParams} from '../http/answer.ts';
import {isFault} from '../http/answer.ts';
import {visitVehicle} from '../v2/access.ts';
import type {WebhookService} from '../webhooks/webhooks.ts';
import type {World} from '../world.ts';
import {refuseBearer} from './token.ts';

const path = '/v2.0/vehicles/:vehicle/webhooks/:webhook';

const noWebhook: Fault = {error: 'RESOURCE_NOT_FOUND:PATH', description: 'There is no such webhook.'};

/**
 * Subscribing is the owner's token's business, unsubscribing the application's.
 * @see https://smartcar.com/docs/api-reference/webhooks/subscribe-webhook
 */
export function subscriptionRoutes(world: World, webhooks: WebhookService): Route[] {
  return [
    {method: 'POST', path, handle: (call, params) => subscribe(world, webhooks, call, params)},
    {method: 'DELETE', path, handle: (call, params) => unsubscribe(world, webhooks, call, params)},
  ];
}

function subscribe(world: World, webhooks: WebhookService, call: Call, params: RouteParams): Outcome {
  const {vehicle: vehicleId = '', webhook: webhookId = ''} = params;
  const visit = visitVehicle(world, call, vehicleId);
  if (isFault(visit)) return visit;
  const subscriptions = webhooks.subscriptions(webhookId);
  if (subscriptions === undefined) return noWebhook;
  return {status: 200, body: {webhookId, vehicleId}, commit: () => subscriptions.add(vehicleId)};
}

/** Repeating it changes nothing. */
function unsubscribe(world: World, webhooks: WebhookService, call: Call, params: RouteParams): Outcome {
  const {vehicle = '', webhook = ''} = params;
  const refusal = refuseBearer(world, call);
  if (refusal !== undefined) return refusal;
  const subscriptions = webhooks.subscriptions(webhook);
  if (subscriptions === undefined) return noWebhook;
  if (world.fleet.findCar(vehicle) === undefined)
    return {error: 'RESOURCE_NOT_FOUND:PATH', description: 'There is no such vehicle.'};
  return {status: 200, body: {status: 'success'}, commit: () => subscriptions.remove(vehicle)};
}
