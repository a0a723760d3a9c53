import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {createAdaptorServer} from '@hono/node-server';
import type {EventName, Policy} from 'smartcar-policy';
import type {Demo} from './demo.ts';
import {createGarage} from './garage.ts';
import {createLedger} from './ledger.ts';
import {createLive} from './live.ts';
import {carsRegion, banner} from './pages/owner.ts';
import {
  attempts,
  attemptsTable,
  entriesTable,
  episodesTable,
  gatesTable,
  numbers,
  reasons,
} from './pages/operator.ts';
import {createPoller} from './poller.ts';
import {routesOf, type Routes} from './routes.ts';
import {createReader, policyFor, type Smartcar} from './smartcar.ts';

export interface AppOptions {
  readonly smartcar: Smartcar;
  /** The file of the store. */
  readonly database: string;
  /** @default 0: any free one */
  readonly port?: number;
  /** Between two reads of a car. @default 3 s */
  readonly everyMs?: number;
  readonly demo?: Demo;
}

export interface App {
  readonly url: string;
  readonly policy: Policy;
  /** Ends all reads, closes the store and cuts every connection. */
  close(): Promise<void>;
}

/** There is no login here: everybody is Ada. In a product this is whoever is logged in. */
export const OWNER = 'ada';

/** Starts the application on 127.0.0.1. */
export async function startApp({
  smartcar,
  database,
  port = 0,
  everyMs = 3_000,
  demo,
}: AppOptions): Promise<App> {
  let routes: Routes | undefined;
  const server = createAdaptorServer({
    overrideGlobalObjects: false,
    fetch: request => routes?.fetch(request) ?? new Response(null, {status: 503}),
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const policy = policyFor(smartcar, database, `${url}/callback`, OWNER);
  const reader = createReader(policy, smartcar.origins.api, OWNER);
  const ledger = createLedger(policy);
  const garage = createGarage(() => live.changed());
  const poller = createPoller(reader, garage, everyMs);
  const nameOf = (car: string): string | undefined => garage.find(car)?.name;

  const live = createLive({
    owner: {
      banner: async () => banner(await policy.reauth.list(), nameOf),
      async cars() {
        const episodes = await policy.reauth.list();
        const {scopes} = policy.limits();
        return carsRegion(
          garage.cars(),
          car => scopes.find(({scope}) => scope === `vehicle:${car}`),
          car => episodes.some(({scope, vehicle}) => scope === 'user' || vehicle === car),
        );
      },
      ...demo?.regions(garage.cars),
    },
    operator: {
      numbers: () => numbers(ledger, reader.counts, policy.limits()),
      episodes: async () => episodesTable(await policy.reauth.list(), nameOf),
      gates: () => gatesTable(policy.limits(), nameOf),
      attempts: () => attempts(ledger),
      'attempts-table': () => attemptsTable(ledger),
      reasons: () => reasons(ledger),
      entries: () => entriesTable(ledger.entries),
    },
  });
  for (const event of EVENTS) policy.on(event, () => live.changed());

  /** Which cars are there, as when the owner is back from Connect; then each is read by itself. */
  async function takeStock(): Promise<void> {
    const cars = await reader.cars();
    if ('message' in cars) return;
    garage.keep(cars);
    for (const {id} of cars) poller.watch(id);
  }
  routes = routesOf({policy, owner: OWNER, live, reader, takeStock, ...(demo && {demo})});
  // Tokens of an earlier run; whoever has none yet is shown the way to Connect.
  if (await policy.tokens.get(OWNER)) await takeStock();

  return {
    url,
    policy,
    async close() {
      poller.stop();
      live.close();
      await policy.close();
      await poller.done();
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
    },
  };
}

/** What changes one of the pages. */
const EVENTS: readonly EventName[] = [
  'attempt',
  'decision',
  'success',
  'fail',
  'refresh',
  'pause',
  'resume',
  'limit',
  'reauth',
  'reauth-resolved',
  'webhook',
  'webhook-rejected',
];
