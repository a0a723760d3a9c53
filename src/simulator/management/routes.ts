import type {Route} from '../http/answer.ts';
import type {WebhookService} from '../webhooks/webhooks.ts';
import type {World} from '../world.ts';

export function managementRoutes(_world: World, _webhooks: WebhookService): Route[] {
  return [];
}
