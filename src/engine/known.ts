import type {Call} from './call.ts';
import type {Engine} from './engine.ts';
import {unlessAborted} from './unless-aborted.ts';
import {waiting} from './waiting.ts';

/**
 * What other processes have learned, and who is away, is read before it counts: at the start, and after the line was down.
 * That is work, as getting a token is: it ends with the call, and is not counted as waiting.
 */
export async function known(engine: Engine, call: Call): Promise<void> {
  const {gates, episodes} = engine;
  if (gates.current && episodes.loaded) return;
  const waitedBefore = call.waitedMs;
  const read = async (): Promise<void> => {
    await gates.sync();
    await episodes.load();
  };
  try {
    await waiting(engine, call, Infinity, signal => unlessAborted(read(), signal));
  } finally {
    call.waitedMs = waitedBefore;
  }
}
