import type {GateKey, Pass} from '../ports.ts';
import type {Call} from './call.ts';
import type {Engine} from './engine.ts';
import {unlessAborted} from './unless-aborted.ts';
import {asWork} from './work.ts';

/**
 * What other processes have learned, and who is away, is read before it counts: at the start, and after the line was down.
 * Where there is a line that cannot be had, the call goes by what this process knows.
 */
export async function known(engine: Engine, call: Call): Promise<void> {
  const {gates, episodes} = engine;
  const read = gates.shared
    ? !gates.current && ((): Promise<void> => gates.sync())
    : !episodes.loaded && ((): Promise<void> => episodes.load());
  if (read) await asWork(engine, call, 'peers', signal => unlessAborted(read(), signal));
}

/** A place for which nothing but a turn among all processes is lacking; `undefined` where there is more to wait for. */
export async function placeByTurn(engine: Engine, call: Call, key: GateKey): Promise<Pass | undefined> {
  const asked = engine.gates.enterByTurn(key);
  if (!asked) return undefined;
  try {
    return await asWork(engine, call, 'peers', signal => unlessAborted(asked, signal));
  } catch (error) {
    // It comes all the same, for nobody.
    void asked.then(pass => pass?.leave('unknown'));
    throw error;
  }
}
