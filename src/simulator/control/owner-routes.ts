import type {Owner, Simulator} from '../types.ts';
import {type ControlRoute, NotHere, answer, route, routeWith} from './route.ts';
import {grant, owner} from './shapes.ts';

/** Who is there, and the v2 tokens of each. */
export function ownerRoutes(simulator: Simulator): ControlRoute[] {
  function find(id: string): Owner {
    const found = simulator.owners().find(one => one.id === id);
    if (found === undefined) throw new NotHere(`There is no owner \`${id.slice(0, 60)}\`.`);
    return found;
  }

  return [
    route('GET', '/owners', () => answer({owners: simulator.owners()})),
    routeWith('POST', '/owners', owner, ({body}) => answer(simulator.addOwner(body), 201)),
    route('GET', '/owners/:id', ({param}) => answer(find(param('id')))),
    routeWith('POST', '/owners/:id/grant', grant, ({body, param}) =>
      answer(simulator.grant(find(param('id')).id, body), 201),
    ),
  ];
}
