import type {Simulator} from '../types.ts';
import {scenario} from './read-scenario.ts';
import {type ControlRoute, answer, done, route, routeWith} from './route.ts';

/** Plays scenarios, and says how the last one goes, whoever has begun it. */
export function scenarioRoutes(simulator: Simulator): ControlRoute[] {
  return [
    route('GET', '/scenario', () => {
      const {state = 'none', problem, owners} = simulator.scenarios.at(-1) ?? {};
      return answer({state, ...(problem !== undefined && {message: problem}), ...(owners && {owners})});
    }),
    routeWith('POST', '/scenario', scenario, ({body}) => answer({owners: simulator.play(body).owners}, 201)),
    route('DELETE', '/scenario', () => {
      // One that is over still has lines in the script.
      for (const playing of simulator.scenarios) playing.stop();
      return done;
    }),
  ];
}
