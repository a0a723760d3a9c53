import {aboutOf} from './about.ts';
import type {Hint, HintFacts} from './facts.ts';
import {meant} from './likeness.ts';
import {addressOf} from './paths.ts';
import {PERMISSIONS, plainName} from './permissions.ts';
import {quoted} from './wording.ts';

const isMissing = (facts: HintFacts): boolean =>
  aboutOf(facts) === 'PERMISSION' && facts.reason !== 'make-in-capitals';

/** A typing error that Smartcar answers as if a permission were missing. */
export const makeInCapitals: Hint = facts => {
  const {reason, request} = facts;
  const operation = request?.operation ?? facts.operation;
  if (reason !== 'make-in-capitals' || operation === undefined) return [];
  const address = addressOf(facts);
  const path = address ? address.path : operation.slice(operation.indexOf(' ') + 1);
  // The segment behind the vehicle's id.
  const right = path.replace(
    /(\/vehicles\/[^/]+\/)([^/]+)/,
    (_, before: string, make: string) => before + make.toLowerCase(),
  );
  return right === path ? [] : [`Write the make in lower case: ${quoted((address?.origin ?? '') + right)}.`];
};

/** Which permission is missing, and whether it was ever asked for. */
export const neededPermission: Hint = facts => {
  if (!isMissing(facts)) return [];
  const {endpoint, scope, request, operation} = facts;
  const needed = endpoint?.permission;
  if (needed === undefined) return [unnamed(request?.operation ?? operation ?? '')];
  if (scope === undefined) return [`This needs ${quoted(needed)}.`];
  const asked = scope.map(plainName);
  if (asked.includes(needed)) {
    return [
      `This needs ${quoted(needed)}, which \`connect.scope\` has: the owner unticked it, or connected before it was added.`,
    ];
  }
  const misspelt = asked.some(name => rightName(name, facts) === needed);
  return misspelt
    ? [
        `This needs ${quoted(needed)}, which \`connect.scope\` has misspelt: a Connect link would not ask for it.`,
      ]
    : [
        `This needs ${quoted(needed)}, which is not in \`connect.scope\`: until it is, going through Connect again cannot help.`,
      ];
};

function unnamed(operation: string): string {
  if (operation.endsWith('/batch')) return 'Each path of a batch needs its own permission.';
  return /\/signals(\/|$)/.test(operation)
    ? 'Signals outside the plan or the granted permissions answer so while all others work; the granted ones stand in `GET /v3/connections`.'
    : 'What the owner has granted stands in `GET /v2.0/vehicles/{id}/permissions`, on v3 in `GET /v3/connections`.';
}

const MOST_NAMES = 2;

/** Names of `connect.scope` that are none. Those that are like nothing may be new: Smartcar's list grows. */
export const misspeltScope: Hint = facts => {
  const about = aboutOf(facts);
  if (!isMissing(facts) && about !== 'OAUTH' && about !== 'CONNECT') return [];
  if (about === 'OAUTH' && facts.failure.type !== 'invalid_scope') return [];
  const wrong = (facts.scope ?? []).map(plainName).flatMap(name => {
    const right = rightName(name, facts);
    return right === undefined
      ? []
      : [`${quoted(name)} in \`connect.scope\` is no permission: ${quoted(right)} is meant.`];
  });
  return wrong.slice(0, MOST_NAMES);
};

function rightName(name: string, {nearest}: HintFacts): string | undefined {
  return PERMISSIONS.includes(name) ? undefined : meant(name, PERMISSIONS, nearest);
}

/** Smartcar's own simulator has cars that nobody has connected. */
export const simulatedMode: Hint = facts => {
  const {mode} = facts;
  if (!isMissing(facts) || (mode !== 'simulated' && mode !== 'test')) return [];
  return [
    `\`connect.mode\` is ${quoted(mode)}: a simulated vehicle that is not connected answers 403 as well.`,
  ];
};
