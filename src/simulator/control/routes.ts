import type {Call, Outcome, Success} from '../http/answer.ts';
import {controlPrefix} from '../http/faces.ts';
import {type RoutedMethod, createRouting} from '../http/routing.ts';
import {type Problem, check, messageOf} from '../options/check.ts';
import type {Simulator} from '../types.ts';
import {generalRoutes} from './general-routes.ts';
import {refusalOf} from './guard.ts';
import {ownerRoutes} from './owner-routes.ts';
import {type ControlRoute, NotHere, answer} from './route.ts';
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
      const allowed = routing.methodsAt(call.path);
      return allowed.length === 0
        ? failed(404, 'not-found', `There is nothing at ${call.path.slice(0, 200)}.`)
        : wrongMethod(call.method, allowed);
    }
    const {target, params} = routed;
    const given = call.body.kind === 'json' ? call.body.value : {};
    const body = check(target.body, given, {whole: 'the body'});
    const query = check(target.query, valuesOf(call.query), {whole: 'the query', part: 'parameter'});
    const problems = [...(body.problems ?? []), ...(query.problems ?? [])];
    if (problems.length > 0) return invalid(messageOf(problems), problems);
    try {
      return await target.handle({
        body: body.value,
        query: query.value,
        param: name => params[name] ?? '',
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return error instanceof NotHere ? failed(404, 'not-found', message) : invalid(message);
    }
  };
}

/** A parameter that came twice is a list, which fits nowhere. */
function valuesOf(query: URLSearchParams): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...new Set(query.keys())].map(name => {
      const [value, ...more] = query.getAll(name);
      return [name, more.length === 0 ? value : [value, ...more]];
    }),
  );
}

function invalid(message: string, issues: readonly Problem[] = []): Success {
  return answer({error: 'invalid', message, issues}, 400);
}

function failed(status: number, error: string, message: string): Success {
  return answer({error, message}, status);
}

function wrongMethod(method: string, allowed: readonly RoutedMethod[]): Success {
  const message = `Expected the method to be ${allowed.join(' or ')}, got ${method}.`;
  return {...failed(405, 'wrong-method', message), headers: {allow: allowed.join(', ')}};
}
