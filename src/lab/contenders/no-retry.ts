import {type Contender, goodOnly} from './contender.ts';
import {type Vault, usualTokens} from './tokens.ts';

export const noRetry: Contender = {
  name: 'no retry',
  settings: 'fetch, each call once; one refresh at a time after a 401',
  begin() {
    const vault: Vault = new Map();
    return setting => {
      const {send, keeping} = usualTokens(setting, vault, true);
      return {call: call => goodOnly(send(call)), ...keeping};
    };
  },
};
