import type {Limits} from './limits/limits.ts';
import type {Owners} from './fleet/owners.ts';
import type {Tokens} from './oauth/tokens.ts';

/** The application that is registered with this Smartcar. */
export interface Application {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly applicationId: string;
  /** Undefined: any redirect URI will do. */
  readonly redirectUris: readonly string[] | undefined;
}

/** Everything a handler may look at or change. */
export interface World {
  readonly application: Application;
  readonly owners: Owners;
  readonly tokens: Tokens;
  readonly limits: Limits;
  now(): number;
  /** `http://127.0.0.1:<port>`; known once the server listens. */
  origin(): string;
}
