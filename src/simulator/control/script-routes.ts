import type {Simulator} from '../types.ts';
import {type ControlRoute, NotHere, answer, done, route, routeWith} from './route.ts';
import {type Line, line, matchToJson} from './script-shapes.ts';

/** Scripted replies. What was scripted here can be taken back by its id; lines of the process itself can't. */
export function scriptRoutes(simulator: Simulator): ControlRoute[] {
  const lines = new Map<string, Line & {readonly takeBack: () => void}>();
  let count = 0;

  return [
    route('GET', '/script', () =>
      answer({
        unused: simulator.unused().map(matchToJson),
        lines: [...lines].map(([id, {match, reply}]) => ({id, match: matchToJson(match), reply})),
      }),
    ),
    routeWith('POST', '/script', line, ({body}) => {
      const takeBack = simulator.next(body.match, body.reply);
      count += 1;
      const id = `line-${count}`;
      lines.set(id, {...body, takeBack});
      return answer({id}, 201);
    }),
    route('DELETE', '/script/:id', ({param}) => {
      const found = lines.get(param('id'));
      if (found === undefined) throw new NotHere(`There is no line \`${param('id').slice(0, 60)}\`.`);
      found.takeBack();
      lines.delete(param('id'));
      return done;
    }),
    route('DELETE', '/script', () => {
      for (const {takeBack} of lines.values()) takeBack();
      lines.clear();
      return done;
    }),
    route('GET', '/done', () => {
      try {
        simulator.done();
        return answer({done: true});
      } catch (error) {
        const unused = simulator.unused().map(matchToJson);
        return answer({error: 'not-done', message: (error as Error).message, unused}, 409);
      }
    }),
  ];
}
