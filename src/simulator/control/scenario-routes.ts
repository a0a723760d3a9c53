import type {Playing, Simulator} from '../types.ts';
import {scenario} from './read-scenario.ts';
import {type ControlRoute, answer, done, route, routeWith} from './route.ts';

/** A scenario that was sent here. */
interface Played {
  readonly playing: Playing;
  state: 'playing' | 'done' | 'stopped' | 'failed';
  message?: string;
}

/** Plays scenarios, and says how the last one goes. */
export function scenarioRoutes(simulator: Simulator): ControlRoute[] {
  const under = new Set<Played>();
  let last: Played | undefined;

  async function follow(played: Played): Promise<void> {
    try {
      await played.playing.done;
      if (played.state === 'playing') played.state = 'done';
    } catch (error) {
      played.state = 'failed';
      played.message = (error as Error).message;
    }
    // Its lines stay: a scenario that is over can still be stopped.
  }

  return [
    route('GET', '/scenario', () =>
      answer(
        last === undefined
          ? {state: 'none'}
          : {state: last.state, ...(last.message === undefined ? {} : {message: last.message})},
      ),
    ),
    routeWith('POST', '/scenario', scenario, ({body}) => {
      const playing = simulator.play(body);
      const played: Played = {playing, state: 'playing'};
      under.add(played);
      last = played;
      void follow(played);
      return answer({owners: playing.owners}, 201);
    }),
    route('DELETE', '/scenario', () => {
      for (const played of under) {
        if (played.state === 'playing') played.state = 'stopped';
        played.playing.stop();
      }
      under.clear();
      return done;
    }),
  ];
}
