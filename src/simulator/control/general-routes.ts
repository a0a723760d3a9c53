import * as v from 'valibot';
import type {JournalEntry} from '../journal.ts';
import {limitsSchema} from '../limits/options.ts';
import {object} from '../options/check.ts';
import * as shapes from '../options/shapes.ts';
import type {Simulator} from '../types.ts';
import {type ControlRoute, answer, done, route, routeAsked, routeWith} from './route.ts';
import {access, leap, period} from './shapes.ts';

/** The simulator itself: its addresses, clock, tokens, limits and journal. */
export function generalRoutes(simulator: Simulator): ControlRoute[] {
  const clock = () => answer({now: simulator.now(), iso: new Date(simulator.now()).toISOString()});
  return [
    // With the credentials: whoever reads this may do everything here anyway, and needs them to begin.
    route('GET', '', () => {
      const {origin, origins, env, applicationId, applicationManagementToken, seed} = simulator;
      return answer({
        origin,
        origins,
        env,
        applicationId,
        applicationManagementToken,
        seed,
        now: simulator.now(),
      });
    }),
    route('GET', '/clock', clock),
    routeWith('POST', '/clock/advance', period, ({body}) => {
      simulator.advance(body.ms);
      return clock();
    }),
    routeWith('POST', '/clock/jump', leap, ({body}) => {
      simulator.jump(body.ms);
      return clock();
    }),
    routeWith('POST', '/tokens/expire', object({owner: v.exactOptional(shapes.text)}), ({body: {owner}}) => {
      simulator.expireAccessTokens(owner);
      return done;
    }),
    routeWith('POST', '/revoke', access, ({body}) => {
      simulator.revoke(body);
      return done;
    }),
    routeWith('POST', '/restore', access, ({body}) => {
      simulator.restore(body);
      return done;
    }),
    routeWith('PUT', '/limits', limitsSchema, ({body}) => {
      simulator.setLimits(body);
      return done;
    }),
    routeAsked('/journal', filter, ({query}) => answer({entries: selected(simulator.journal, query)})),
  ];
}

const digits = v.pipe(v.string(), v.regex(/^\d{1,16}$/, 'a whole number from 0 up'));

const filter = object({
  user: v.exactOptional(shapes.text),
  vehicle: v.exactOptional(shapes.text),
  /** As in a script: fits at the end of the path. */
  path: v.exactOptional(shapes.text),
  api: v.exactOptional(shapes.oneOf('2.0', '3', 'oauth', 'connect', 'management', 'other')),
  since: v.exactOptional(digits),
  limit: v.exactOptional(digits),
});

/** Oldest first; with a limit, the latest so many. */
function selected(
  journal: readonly JournalEntry[],
  {user, vehicle, path, api, since, limit}: v.InferOutput<typeof filter>,
): readonly JournalEntry[] {
  const entries = journal.filter(
    entry =>
      (user === undefined || entry.user === user) &&
      (vehicle === undefined || entry.vehicle === vehicle) &&
      (path === undefined || entry.path.endsWith(path)) &&
      (api === undefined || entry.api === api) &&
      (since === undefined || entry.at >= Number(since)),
  );
  return limit === undefined ? entries : entries.slice(Math.max(0, entries.length - Number(limit)));
}
