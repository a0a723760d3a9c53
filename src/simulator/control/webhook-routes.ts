import * as v from 'valibot';
import {object} from '../options/check.ts';
import {oneOf, wholeNumber} from '../options/shapes.ts';
import type {Simulator} from '../types.ts';
import {type ControlRoute, NotHere, answer, done, route, routeWith} from './route.ts';
import {event, webhook} from './shapes.ts';

/** Enough to find out whether a receiver drops duplicates. */
const mostCopies = 100;

const release = object({
  order: v.exactOptional(oneOf('as-sent', 'reversed', 'shuffled')),
  copies: v.exactOptional(wholeNumber(1, mostCopies)),
});

export function webhookRoutes({webhooks}: Simulator): ControlRoute[] {
  return [
    route('GET', '/webhooks', () => answer({webhooks: webhooks.list()})),
    routeWith('POST', '/webhooks', webhook, async ({body}) => answer(await webhooks.add(body), 201)),
    route('DELETE', '/webhooks/:id', ({param}) => {
      const id = param('id');
      if (!webhooks.list().some(one => one.id === id)) {
        throw new NotHere(`There is no webhook \`${id.slice(0, 60)}\`.`);
      }
      webhooks.remove(id);
      return done;
    }),
    routeWith('POST', '/webhooks/events', event, ({body}) => answer({eventId: webhooks.send(body)}, 202)),
    route('POST', '/webhooks/hold', () => {
      webhooks.hold();
      return done;
    }),
    routeWith('POST', '/webhooks/release', release, ({body}) => {
      webhooks.release(body);
      return done;
    }),
    route('GET', '/webhooks/idle', async () => {
      await webhooks.idle();
      return done;
    }),
    route('GET', '/webhooks/deliveries', () => answer({deliveries: webhooks.deliveries})),
  ];
}
