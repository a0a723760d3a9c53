import {aboutOf} from './about.ts';
import type {Hint} from './facts.ts';
import {belowOf, methodsOf} from './paths.ts';
import {listed, quoted} from './wording.ts';

/** A path that is known, asked with a method that it does not take. */
export const wrongMethod: Hint = facts => {
  const {request} = facts;
  const about = aboutOf(facts);
  const below = belowOf(request);
  if ((about !== 'VALIDATION' && about !== 'RESOURCE_NOT_FOUND') || !request || !below) return [];
  const methods = methodsOf(below);
  const asked = request.method === 'HEAD' ? 'GET' : request.method;
  if (methods.length === 0 || methods.includes(asked)) return [];
  const path = quoted(request.operation.slice(request.operation.indexOf(' ') + 1));
  return [`${path} takes ${listed(methods, 'or')}, and ${quoted(request.method)} was sent.`];
};
