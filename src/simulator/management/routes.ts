import type {Route} from '../http/answer.ts';
import type {WebhookService} from '../webhooks/webhooks.ts';
import type {World} from '../world.ts';
import {connectionRoutes} from './connections.ts';
import {subscriptionRoutes} from './subscriptions.ts';

/** What the application management token opens, and how owners' cars come to webhooks. */
export function managementRoutes(world: World, webhooks: WebhookService): Route[] {
  return [...connectionRoutes(world), ...subscriptionRoutes(world, webhooks)];
}
