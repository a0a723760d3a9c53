import {pause} from '../time.ts';
import {type Contender, HttpError, type LabCall} from './contender.ts';
import {type UsualTokens, type Vault, usualTokens} from './tokens.ts';

const MOST_RETRIES = 5;
const BASE_MS = 1_000;

export const handWritten: Contender = {
  name: 'by hand',
  settings:
    'the usual wrapper: 5 retries on 5xx, 429 and lost connections, doubling from 1 s; each 401 refreshes by itself',
  begin() {
    const vault: Vault = new Map();
    return setting => {
      const {send, keeping} = usualTokens(setting, vault, false);
      return {call: call => persistently(call, send), ...keeping};
    };
  },
};

async function persistently(call: LabCall, send: UsualTokens['send']): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    const last = attempt === MOST_RETRIES;
    try {
      const response = await send(call);
      if (response.ok) return await response.json();
      const passing = response.status === 429 || response.status >= 500;
      if (!passing || last) throw new HttpError(response.status);
    } catch (error) {
      if (error instanceof HttpError || call.signal.aborted || last) throw error;
    }
    await pause(BASE_MS * 2 ** attempt);
    call.signal.throwIfAborted();
  }
}
