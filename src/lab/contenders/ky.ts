import ky from 'ky';
import type {Contender, LabCall} from './contender.ts';
import {type Vault, usualTokens} from './tokens.ts';

export const withKy: Contender = {
  name: 'ky',
  settings:
    'ky, its defaults (2 retries of GET on 408, 413, 429 and 5xx, doubling from 0.3 s, Retry-After honoured); one refresh at a time after a 401',
  begin() {
    const vault: Vault = new Map();
    return setting => {
      const {send, keeping} = usualTokens(setting, vault, true);
      const client = ky.create({timeout: setting.attemptTimeoutMs});
      return {
        call: call =>
          client(
            call.url,
            optionsOf(call, request => send({...call, signal: request.signal})),
          ).json(),
        ...keeping,
      };
    };
  },
};

function optionsOf(
  {method, headers, body, signal}: LabCall,
  send: (request: Request) => Promise<Response>,
): Parameters<typeof ky>[1] {
  return {
    method,
    headers,
    signal,
    ...(body !== undefined && {body}),
    fetch: input => send(input as Request),
  };
}
