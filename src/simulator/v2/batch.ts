import type {Call, Fault, Outcome, Route} from '../http/answer.ts';
import {isFault} from '../http/answer.ts';
import {render, v2Error} from '../errors/envelopes.ts';
import {jsonBodyOf} from '../http/json-body.ts';
import {isObject, member} from '../json.ts';
import {createRouting} from '../http/routing.ts';
import {type Visit, visitVehicle} from './access.ts';
import {answerPermissions, answerReading} from './answers.ts';
import {type Reading, readings} from './reads.ts';
import type {World} from '../world.ts';

const maximumPaths = 100;

/**
 * Several readings in one request. Each path is looked up, counted and answered as if it had come alone.
 * @see https://smartcar.com/docs/api-reference/batch
 */
export function batchRoute(world: World, vehiclePath: string): Route {
  const findReading = createReadingFinder();

  function answerPath(visit: Visit, path: string): Outcome {
    if (/^\/?permissions\/?$/.test(path)) return answerPermissions(world, visit, new URLSearchParams());
    const found = findReading(path);
    return found === undefined
      ? {error: 'RESOURCE_NOT_FOUND:PATH'}
      : answerReading(world, visit, found.reading, found.make);
  }

  return {
    method: 'POST',
    path: `${vehiclePath}/batch`,
    handle(call, params) {
      const visit = visitVehicle(world, call, params['vehicle'] ?? '');
      if (isFault(visit)) return visit;
      const paths = requestedPaths(call);
      if (isFault(paths)) return paths;
      const responses = paths.map(path => itemOf(path, answerPath(visit, path), call));
      return {status: 200, headers: {'sc-unit-system': visit.units.system}, body: {responses}};
    },
  };
}

function createReadingFinder(): (path: string) => {reading: Reading; make: string | undefined} | undefined {
  const router = createRouting<Reading>();
  for (const reading of readings) router.add('GET', reading.path, reading);
  return path => {
    const found = router.find('GET', path.startsWith('/') ? path : `/${path}`);
    return found && {reading: found.target, make: found.params['make']};
  };
}

function requestedPaths(call: Call): readonly string[] | Fault {
  const body = jsonBodyOf(call);
  if ('complaint' in body) return {error: 'VALIDATION', description: body.complaint};
  const requests = member(body.value, 'requests');
  const paths = Array.isArray(requests)
    ? requests.map((item: unknown) => (isObject(item) ? item['path'] : undefined))
    : [];
  const texts = paths.filter(path => typeof path === 'string');
  if (texts.length > 0 && texts.length === paths.length && texts.length <= maximumPaths) return texts;
  return {
    error: 'VALIDATION',
    detail: [{field: ['requests'], message: `has to be a list of 1 to ${maximumPaths} objects with a path`}],
  };
}

/** An item carries what the answer to a single request would have carried, its headers in lower case. */
function itemOf(path: string, outcome: Outcome, call: Call): unknown {
  const {status, headers} = render(outcome, call);
  const body = isFault(outcome) ? v2Error(outcome, call.requestId) : outcome.body;
  return {path, code: status, body, headers};
}
