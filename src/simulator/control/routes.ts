import type {Call, Outcome, Success} from '../http/answer.ts';
import {controlPrefix} from '../http/faces.ts';
import {type RoutedMethod, createRouting, methods} from '../http/routing.ts';
import {check} from '../options/check.ts';
import type {Simulator} from '../types.ts';
import {generalRoutes} from './general-routes.ts';
import {refusalOf} from './guard.ts';
import {ownerRoutes} from './owner-routes.ts';
import {type ControlRoute, NotHere, answer, paramOf} from './route.ts';
import {scenarioRoutes} from './scenario-routes.ts';
import {scriptRoutes} from './script-routes.ts';
import {vehicleRoutes} from './vehicle-routes.ts';
import {webhookRoutes} from './webhook-routes.ts';

/** The in-process API over HTTP: JSON in and out, the same powers, the same words. */
export function controlHandler(simulator: Simulator): (call: Call) => Promise<Outcome> {
  const routing = createRouting<ControlRoute>();
  for (const route of [
    ...generalRoutes(simulator),
    ...ownerRoutes(simulator),
    ...vehicleRoutes(simulator),
    ...scriptRoutes(simulator),
    ...webhookRoutes(simulator),
    ...scenarioRoutes(simulator),
  ]) {
    routing.add(route.method, controlPrefix + route.path, route);
  }

  return async call => {
    const refusal = refusalOf(call);
    if (refusal !== undefined) return failed(refusal.status, 'refused', refusal.message);
    const routed = routing.find(call.method, call.path);
    if (routed === undefined) {
      const allowed = methods.filter(method => routing.find(method, call.path) !== undefined);
      return allowed.length === 0
        ? failed(404, 'not-found', `There is nothing at ${call.path.slice(0, 200)}.`)
        : wrongMethod(call.method, allowed);
    }
    const {target, params} = routed;
    const given = call.body.kind === 'json' ? call.body.value : {};
    const {value, problems} = {value: undefined, ...check(target.shape, given, {whole: 'the body'})};
    if (problems !== undefined) {
      const message = problems.map(problem => problem.message).join(' ');
      return answer({error: 'invalid', message, issues: problems}, 400);
    }
    try {
      return await target.handle({body: value, query: call.query, param: paramOf(params)});
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof NotHere) return failed(404, 'not-found', message);
      return answer({error: 'invalid', message, issues: []}, 400);
    }
  };
}

function failed(status: number, error: string, message: string): Success {
  return answer({error, message}, status);
}

function wrongMethod(method: string, allowed: readonly RoutedMethod[]): Success {
  const message = `Expected the method to be ${allowed.join(' or ')}, got ${method}.`;
  return {...failed(405, 'wrong-method', message), headers: {allow: allowed.join(', ')}};
}
