import pRetry, {AbortError} from 'p-retry';
import {type Contender, type LabCall, goodOnly, mayPass} from './contender.ts';
import {type UsualTokens, type Vault, usualTokens} from './tokens.ts';

/** It sees neither status nor header: as its readme has it, what is not worth another attempt is thrown as such. */
export const withPRetry: Contender = {
  name: 'p-retry',
  settings:
    'p-retry, its defaults (10 retries, doubling from 1 s); an AbortError for 4xx other than 408 and 429, as in its readme; one refresh at a time after a 401',
  begin() {
    const vault: Vault = new Map();
    return setting => {
      const {send, keeping} = usualTokens(setting, vault, true);
      return {
        call: call => pRetry(() => attempt(call, send), {signal: call.signal}),
        ...keeping,
      };
    };
  },
};

async function attempt(call: LabCall, send: UsualTokens['send']): Promise<unknown> {
  try {
    return await goodOnly(send(call));
  } catch (error) {
    throw mayPass(error) ? error : new AbortError(error as Error);
  }
}
