import pRetry from 'p-retry';
import {type Contender, goodOnly} from './contender.ts';
import {type Vault, usualTokens} from './tokens.ts';

/** It sees neither status nor header: whatever is thrown is tried again. */
export const withPRetry: Contender = {
  name: 'p-retry',
  settings:
    'p-retry, its defaults (10 retries, doubling from 1 s); a status that is not good is an error; one refresh at a time after a 401',
  begin() {
    const vault: Vault = new Map();
    return setting => {
      const {send, keeping} = usualTokens(setting, vault, true);
      return {
        call: call => pRetry(() => goodOnly(send(call)), {signal: call.signal}),
        ...keeping,
      };
    };
  },
};
