import type {SimulatedTime} from './clock.ts';
import type {Dice} from './dice.ts';
import type {Fleet} from './fleet/fleet.ts';
import type {Limits} from './limits/limits.ts';
import type {Tokens} from './oauth/tokens.ts';

/** The hosts of Smartcar, by the option of a client that names each. */
export type Face = 'api' | 'apiV3' | 'auth' | 'authV3' | 'connect' | 'management';

/** The application that is registered with this Smartcar. */
export interface Application {
  readonly clientId: string;
  /** Any of them works: secrets overlap while they are changed. */
  readonly clientSecrets: readonly string[];
  readonly applicationId: string;
  /** Proves the product to the management API, and signs webhooks. */
  readonly managementToken: string;
  /** Undefined: any redirect URI will do. */
  readonly redirectUris: readonly string[] | undefined;
}

/** Everything a handler may look at or change. */
export interface World {
  readonly application: Application;
  readonly fleet: Fleet;
  readonly tokens: Tokens;
  readonly limits: Limits;
  readonly time: SimulatedTime;
  readonly dice: Dice;
  readonly now: () => number;
  /** `http://127.0.0.1:<port>`; known once the server listens. */
  readonly origin: (face: Face) => string;
}
