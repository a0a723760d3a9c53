import {createPolicy, explain, sqliteStore, userTokens, withPolicy, type Policy} from 'smartcar-policy';

/** Smartcar, or what stands for it. */
export interface Smartcar {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly applicationManagementToken: string;
  readonly origins: Readonly<Record<'api' | 'apiV3' | 'auth' | 'authV3' | 'connect' | 'management', string>>;
}

/** The one policy of the application: whoever calls Smartcar does it through this. */
export function policyFor(smartcar: Smartcar, database: string, redirectUri: string, owner: string): Policy {
  const {clientId, clientSecret, applicationManagementToken, origins} = smartcar;
  return createPolicy({
    auth: userTokens({clientId, clientSecret, redirectUri}),
    store: sqliteStore(database),
    connect: {scope: ['read_vehicle_info', 'read_odometer', 'read_battery']},
    // Deliveries name Smartcar's user. There is one owner here; your product looks up whose user that is.
    webhooks: {applicationManagementToken, userFor: () => owner},
    // Nobody watches a demonstration for a quarter of an hour; the defaults are 1, 5 and 15 minutes.
    backoff: {'VEHICLE_STATE:ASLEEP': {delaysMs: [10_000, 10_000]}},
    origins,
  });
}

/** What came of a call: a body, or what to tell the owner and when to ask again. */
export type Answer<Body> = {readonly body: Body; readonly at: number} | Trouble;

export interface Trouble {
  /** Plain words. */
  readonly message: string;
  /** Epoch ms. */
  readonly retryAt?: number;
}

export interface Named {
  readonly id: string;
  readonly name: string;
}

/** The questions that this application asks. */
export interface Reader {
  cars(): Promise<readonly Named[] | Trouble>;
  odometer(car: string): Promise<Answer<{readonly distance: number}>>;
  battery(car: string): Promise<Answer<{readonly percentRemaining: number; readonly range: number}>>;
  /** How often the door was asked, and how often it has answered. The events of a policy do not tell. */
  readonly counts: {readonly asked: number; readonly answered: number};
}

const DAY_MS = 86_400_000;

export function createReader(policy: Policy, api: string, owner: string): Reader {
  // A read of an owner who is away waits at the door, costs nothing, and goes on by itself when the owner is back. A
  // wait of more than a few seconds ends the call instead: whoever polls comes again at `retryAt`.
  const smartcar = withPolicy(fetch, policy, {user: owner, maxWaitMs: 8_000, waitForReauthMs: DAY_MS});
  const counts = {asked: 0, answered: 0};

  async function ask<Body>(path: string, waitForReauthMs: number = DAY_MS): Promise<Answer<Body>> {
    counts.asked += 1;
    try {
      const response = await smartcar(`${api}/v2.0${path}`, {policy: {waitForReauthMs}});
      if (!response.ok) {
        await response.body?.cancel();
        return troubleOf(response);
      }
      const recorded = Date.parse(response.headers.get('sc-data-age') ?? '');
      return {body: (await response.json()) as Body, at: Number.isNaN(recorded) ? Date.now() : recorded};
    } catch (error) {
      return troubleOf(error);
    } finally {
      counts.answered += 1;
    }
  }

  return {
    counts,
    // Asked for while a page is waited for, so that it does not wait for the owner.
    async cars() {
      const list = await ask<{readonly vehicles: readonly string[]}>('/vehicles', 0);
      if ('message' in list) return list;
      return Promise.all(
        list.body.vehicles.map(async id => {
          const car = await ask<{readonly make: string; readonly model: string}>(`/vehicles/${id}`, 0);
          return {id, name: 'message' in car ? 'Car' : `${car.body.make} ${car.body.model}`};
        }),
      );
    },
    odometer: car => ask(`/vehicles/${car}/odometer`),
    battery: car => ask(`/vehicles/${car}/battery`),
  };
}

/** What no policy has dealt with is a body that was cut off, or a mistake in this program. */
function troubleOf(subject: unknown): Trouble {
  const known = explain(subject);
  if (!known) console.error(subject);
  const {userMessage = 'That did not work. We try again in a moment.', connectUrl, retryAt} = known ?? {};
  return {message: withoutLink(userMessage, connectUrl), ...(retryAt !== undefined && {retryAt})};
}

/** A message that is mailed ends with its link; a page has a link of its own. */
export function withoutLink(message: string, connectUrl: string | undefined): string {
  return connectUrl === undefined ? message : message.replace(connectUrl, '').trim();
}
