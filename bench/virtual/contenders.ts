import {AxiosError, create, type AxiosResponse, type InternalAxiosRequestConfig} from 'axios';
import axiosRetry, {type IAxiosRetryConfig} from 'axios-retry';
import {ExponentialBackoff, handleAll, retry} from 'cockatiel';
import ky, {type RetryOptions} from 'ky';
import pRetry from 'p-retry';
import {createPolicy, type PolicyOptions} from 'smartcar-policy';
import {seeded} from './time.ts';

// The policy loads it when callers compete: read from the disk then, it would take any amount of virtual time.
await import('bottleneck');

/** Reads one URL for the owner of a car; rejects where there is no reading in the end. */
export type Read = (url: string) => Promise<unknown>;

/** A client in front of a service. */
export interface Contender {
  readonly name: string;
  readonly reader: (service: typeof fetch) => Read;
}

/** What most write by hand around it: a status that is not good is an error. */
async function goodOnly(answer: Promise<Response>): Promise<unknown> {
  const response = await answer;
  if (!response.ok) throw new Error(`Answered ${response.status}`);
  return response.json();
}

export function ours(name: string, options: PolicyOptions = {}): Contender {
  return {
    name,
    reader(service) {
      const policy = createPolicy({fetch: service, random: seeded(7), ...options});
      return url => goodOnly(policy.fetch({user: ownerIn(url)})(url));
    },
  };
}

/** Each car has an owner of its own. */
const ownerIn = (url: string): string => `owner of ${url.split('/')[5]}`;

/** Doubling from a second, as it comes; it sees no header. */
export function withPRetry(retries: number): Contender {
  return {
    name: 'p-retry',
    reader: service => url => pRetry(() => goodOnly(service(url)), {retries}),
  };
}

export function withKy(retryOptions: RetryOptions): Contender {
  return {
    name: 'ky',
    reader(service) {
      const client = ky.create({fetch: service, retry: retryOptions});
      return url => client.get(url).json();
    },
  };
}

export function withAxiosRetry(options: IAxiosRetryConfig): Contender {
  return {
    name: 'axios-retry',
    reader(service) {
      const client = create({adapter: config => throughFetch(service, config)});
      axiosRetry(client, options);
      return url => client.get(url);
    },
  };
}

export function withCockatiel(maxAttempts: number): Contender {
  return {
    name: 'cockatiel',
    reader(service) {
      const policy = retry(handleAll, {maxAttempts, backoff: new ExponentialBackoff()});
      return url => policy.execute(() => goodOnly(service(url)));
    },
  };
}

/** An adapter of axios: what it would send over a socket goes to the service in memory. */
async function throughFetch(
  service: typeof fetch,
  config: InternalAxiosRequestConfig,
): Promise<AxiosResponse> {
  const answer = await service(config.url ?? '');
  const {status, statusText} = answer;
  const headers = Object.fromEntries(answer.headers);
  const response = {data: await answer.json(), status, statusText, headers, config};
  if (config.validateStatus?.(status) ?? true) return response;
  throw new AxiosError(`Answered ${status}`, AxiosError.ERR_BAD_RESPONSE, config, undefined, response);
}
