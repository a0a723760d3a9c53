import type {OwnerState} from '../fleet/owner.ts';
import type {Car} from '../fleet/vehicle.ts';
import type {World} from '../world.ts';
import type {Link, Wish} from './link.ts';

/** Where an owner is in Connect. What was settled before stands in the step, never in a form. */
export type Step =
  | {readonly name: 'brand'}
  | {readonly name: 'login'; readonly make: string}
  | {readonly name: 'relogin'; readonly owner: OwnerState; readonly car: Car}
  | {readonly name: 'cars'; readonly owner: OwnerState; readonly cars: readonly Car[]}
  | {
      readonly name: 'consent';
      readonly owner: OwnerState;
      readonly cars: readonly Car[];
      readonly wishes: readonly Wish[];
    };

/** One visit to Connect's pages. */
export interface Flow {
  /** Unguessable: whoever knows it goes on with the flow. */
  readonly id: string;
  readonly link: Link;
  step: Step;
}

/** The visits that are under way. */
export interface Flows {
  begin(link: Link, step: Step): Flow;
  /** Undefined for a flow that is over, forgotten, or was never there. */
  find(id: string): Flow | undefined;
  end(flow: Flow): void;
}

const flowTtlMs = 3_600_000;
const mostFlows = 1000;

export function createFlows({dice, now}: Pick<World, 'dice' | 'now'>): Flows {
  const flows = new Map<string, {readonly flow: Flow; readonly expiresAt: number}>();
  return {
    begin(link, step) {
      const flow: Flow = {id: dice.token(), link, step};
      flows.set(flow.id, {flow, expiresAt: now() + flowTtlMs});
      for (const [oldest, {expiresAt}] of flows) {
        if (flows.size <= mostFlows && expiresAt > now()) break;
        flows.delete(oldest);
      }
      return flow;
    },
    find(id) {
      const found = flows.get(id);
      if (found === undefined) return undefined;
      if (found.expiresAt > now()) return found.flow;
      flows.delete(id);
      return undefined;
    },
    end: flow => void flows.delete(flow.id),
  };
}
