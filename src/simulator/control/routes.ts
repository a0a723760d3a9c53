import type {Call, Outcome} from '../http/answer.ts';
import type {Simulator} from '../types.ts';

/** The in-process API over HTTP. */
export function controlHandler(_simulator: Simulator): (call: Call) => Promise<Outcome> {
  return () => Promise.resolve({error: 'RESOURCE_NOT_FOUND:PATH'});
}
