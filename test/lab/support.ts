import type {Scenario, ServiceRules} from '../../src/lab/scenario.ts';
import {CREDENTIALS, type LabService, ORIGINS, createService} from '../../src/lab/service/service.ts';
import type {Tally} from '../../src/lab/service/tally.ts';
import {onVirtualTime, pause} from '../../src/lab/time.ts';

/** A v3 scenario of two cars in which nothing is asked by itself; an answer takes 100 ms. */
export function scenarioWith(service: Partial<ServiceRules>, tokens: ServiceRules['tokens'] = {}): Scenario {
  return {
    name: 'a scenario',
    about: '',
    api: 'v3',
    size: {cars: 2, durationMs: 600_000},
    jobs: () => [],
    service: {latency: {baseMs: 100}, tokenLatencyMs: 50, tokens, ...service},
  };
}

/** What can be done with a service. */
export interface AtService {
  readonly service: LabService;
  /** Reads a car, with a token that is good where there is one to have. */
  readonly read: (car: number, signal?: AbortSignal) => Promise<Response>;
  readonly refresh: (refreshToken: string) => Promise<Response>;
  readonly pause: (ms: number) => Promise<void>;
}

/** Does the work at a service in virtual time. Resolves with what the service has seen. */
export async function inService(
  scenario: Scenario,
  work: (at: AtService) => Promise<unknown>,
): Promise<Tally> {
  let tally: Tally | undefined;
  await onVirtualTime(1, async () => {
    const service = createService(scenario, 1, 1_000);
    ({tally} = service);
    const token = scenario.api === 'v3' ? service.world.tokens.issueApplicationToken() : 'of nobody';
    await work({
      service,
      pause,
      read: (car, signal) => {
        const [origin, version] = scenario.api === 'v3' ? [ORIGINS.apiV3, 'v3'] : [ORIGINS.api, 'v2.0'];
        const path = scenario.api === 'v3' ? 'signals/odometer-traveleddistance' : 'odometer';
        const headers = {
          authorization: `Bearer ${token}`,
          'sc-user-id': service.garage.ownerId(car),
        };
        const url = `${origin}/${version}/vehicles/${service.garage.carId(car)}/${path}`;
        return service.fetch(url, {headers, ...(signal && {signal})});
      },
      refresh: refreshToken => {
        const {clientId, clientSecret} = CREDENTIALS;
        const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
        const body = new URLSearchParams({grant_type: 'refresh_token', refresh_token: refreshToken});
        return service.fetch(`${ORIGINS.auth}/oauth/token`, {method: 'POST', body, headers: {authorization}});
      },
    });
  });
  if (!tally) throw new Error('Expected the work to have begun');
  return tally;
}
