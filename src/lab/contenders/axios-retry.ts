import {create} from 'axios';
import axiosRetry, {exponentialDelay} from 'axios-retry';
import type {Contender, LabCall} from './contender.ts';
import {type Vault, usualTokens} from './tokens.ts';

/** Says whose car it is to what sends; it goes no further. */
const OWNER = 'lab-owner';

export const withAxiosRetry: Contender = {
  name: 'axios-retry',
  settings:
    'axios with axios-retry, its defaults (3 retries of what is idempotent, on network errors, 429 and 5xx, Retry-After honoured) and exponentialDelay; one refresh at a time after a 401',
  begin() {
    const vault: Vault = new Map();
    return setting => {
      const {send, keeping} = usualTokens(setting, vault, true);
      const sending = async (request: unknown): Promise<Response> => send(await callOf(request as Request));
      const client = create({adapter: 'fetch', env: {fetch: sending}});
      axiosRetry(client, {retryDelay: exponentialDelay});
      return {
        async call({method, url, headers, body, owner, signal}) {
          const own = {...headers, [OWNER]: owner};
          const {data} = await client.request<unknown>({method, url, headers: own, data: body, signal});
          return data;
        },
        ...keeping,
      };
    };
  },
};

async function callOf(request: Request): Promise<Omit<LabCall, 'make' | 'patienceMs'>> {
  const {[OWNER]: owner = '', ...headers} = Object.fromEntries(request.headers);
  const {url, method, signal} = request;
  const body = method === 'POST' ? {body: await request.text()} : {};
  return {url, method: method as LabCall['method'], headers, owner, signal, ...body};
}
