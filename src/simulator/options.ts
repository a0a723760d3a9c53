import type {Clock} from './clock.ts';
import type {LimitOptions} from './limits/limits.ts';
import type {TokenOptions} from './oauth/tokens.ts';
import type {SimulatorOptions} from './types.ts';
import type {Application} from './world.ts';

/** Options with every default filled in. */
export interface ResolvedOptions {
  readonly port: number;
  readonly origins: 'one' | 'several';
  readonly clock: Clock;
  readonly speed: number;
  readonly seed: number | undefined;
  readonly application: Application;
  readonly pages: 'browsers' | 'everybody' | 'nobody';
  readonly tokens: TokenOptions;
  readonly limits: LimitOptions;
  readonly latencyMs: number;
}

/** Fills in defaults, and refuses options that could not mean anything, by name, before anything listens. */
export function resolveOptions(given: SimulatorOptions): ResolvedOptions {
  const {clientSecret = 'simulator-secret', moreClientSecrets = [], redirectUris} = given;
  return {
    port: given.port ?? 0,
    origins: given.origins ?? 'one',
    clock: given.clock ?? {now: Date.now},
    speed: given.speed ?? 1,
    seed: given.seed,
    application: {
      clientId: given.clientId ?? 'client_simulator',
      clientSecrets: [clientSecret, ...moreClientSecrets],
      applicationId: given.applicationId ?? 'simulator-application',
      managementToken: given.applicationManagementToken ?? 'simulator-management-token',
      redirectUris,
    },
    pages: given.pages ?? 'browsers',
    tokens: given.tokens ?? {},
    limits: given.limits ?? {},
    latencyMs: given.latencyMs ?? 0,
  };
}
