import {randomInt} from 'node:crypto';
import {simulatedTime} from './clock.ts';
import {connectRoutes} from './connect/routes.ts';
import {createDice} from './dice.ts';
import {createFleet} from './fleet/fleet.ts';
import type {Route} from './http/answer.ts';
import {createLimits} from './limits/limits.ts';
import {managementRoutes} from './management/routes.ts';
import {oauthRoutes} from './oauth/routes.ts';
import {createTokens} from './oauth/tokens.ts';
import type {ResolvedOptions} from './options.ts';
import {v2Routes} from './v2/routes.ts';
import {v3Routes} from './v3/routes.ts';
import {type WebhookService, createWebhooks} from './webhooks/webhooks.ts';
import type {Face, World} from './world.ts';

/** A Smartcar that nothing leads to yet. */
export interface Built {
  readonly world: World;
  readonly webhooks: WebhookService;
  readonly seed: number;
}

/** `closing`: aborted when it is over, which ends what is on its way to a webhook. */
export function buildWorld(
  options: ResolvedOptions,
  origin: (face: Face) => string,
  closing: AbortSignal,
): Built {
  const {application, seed = randomInt(2 ** 31)} = options;
  const time = simulatedTime(options.clock, options.speed);
  const webhooks = createWebhooks({application, time, dice: createDice(seed, 'webhooks'), closing});
  const world: World = {
    application,
    fleet: createFleet(time.now, createDice(seed, 'fleet'), webhooks.notify),
    tokens: createTokens(options.tokens, time, createDice(seed, 'tokens')),
    limits: createLimits(options.limits),
    time,
    dice: createDice(seed, 'requests'),
    now: time.now,
    origin,
  };
  webhooks.attach(world);
  return {world, webhooks, seed};
}

/** Everything that can be asked for, whatever carries the question. */
export function routesOf({world, webhooks}: Built, pages: ResolvedOptions['pages']): readonly Route[] {
  return [
    ...oauthRoutes(world),
    ...connectRoutes(world, pages),
    ...v2Routes(world),
    ...v3Routes(world),
    ...managementRoutes(world, webhooks),
  ];
}
