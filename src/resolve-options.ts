import {closest} from 'fastest-levenshtein';
import * as v from 'valibot';
import {backoffKeys} from './core/catalogue/catalogue.ts';
import {PolicyError} from './core/policy-error.ts';
import {shown} from './core/wrong.ts';
import {
  appEntries,
  bucketEntries,
  budgetEntries,
  carEntries,
  connectEntries,
  entries,
  isOrigin,
  isRecord,
  limitEntries,
  ORIGIN,
  originEntries,
  outageEntries,
  quotaEntries,
  schema,
  settingEntries,
  webhookEntries,
} from './option-schema.ts';
import {DEFAULT_ORIGINS, type PolicyOptions} from './options.ts';
import type {Origins} from './ports.ts';

/** Checks every option. Throws `CONFIGURATION` naming all that are wrong: what was expected, and what came. */
export function checkedOptions(options: PolicyOptions): PolicyOptions {
  const result = v.safeParse(schema, options);
  const wrong = result.success ? [] : result.issues.flatMap(issue => problemsOf(issue, ''));
  const problems = [...wrong, ...unknownKeys(options)];
  if (problems.length > 0) throw new PolicyError('CONFIGURATION', problems.join(' '));
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as PolicyOptions;
}

type Issue = v.BaseIssue<unknown>;

/** What could be a secret, in its own place or given where an object belongs. */
const HIDDEN = /secret|key|token|^auth$|^store$/i;

function problemsOf(issue: Issue, parent: string): string[] {
  const dotted = v.getDotPath(issue) ?? '';
  const path = [parent, dotted].filter(Boolean).join('.');
  // A union reports its branches: the object's own complaints say more than "neither".
  if (issue.type === 'union' && isRecord(issue.input) && issue.issues) {
    const inner = issue.issues.flatMap(one => (one.path ? problemsOf(one, path) : []));
    if (inner.length > 0) return inner;
  }
  const what = path === '' ? 'the options of createPolicy' : `\`${path}\``;
  return [`Expected ${what} to be ${issue.message}, got ${gotAt(path, issue.input)}.`];
}

function gotAt(path: string, value: unknown): string {
  if (HIDDEN.test(path) && typeof value === 'string') return value === '' ? 'an empty text' : 'another text';
  return shown(path.startsWith('origins.') ? withoutCredentials(value) : value);
}

/** A URL can hold a password, and a query anything. */
function withoutCredentials(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\/\/[^/@]*@/, '//…@').replace(/\?.*/s, '?…') : value;
}

const SETTING_KEYS = Object.keys(settingEntries);

function unknownKeys(options: unknown): string[] {
  if (!isRecord(options)) return [];
  const {app, backoff, budget, connect, limits, origins, outages, quota, webhooks} = options;
  return [
    ...strangers('option', options, '', Object.keys(entries)),
    ...strangers('option', app, 'app.', Object.keys(appEntries)),
    ...strangers('option', connect, 'connect.', Object.keys(connectEntries)),
    ...strangers('option', webhooks, 'webhooks.', Object.keys(webhookEntries)),
    ...strangers('option', limits, 'limits.', Object.keys(limitEntries)),
    ...(isRecord(limits)
      ? [
          ...strangers('option', limits['application'], 'limits.application.', Object.keys(bucketEntries)),
          ...strangers('option', limits['vehicle'], 'limits.vehicle.', Object.keys(carEntries)),
        ]
      : []),
    ...strangers('option', budget, 'budget.', Object.keys(budgetEntries)),
    ...strangers('option', quota, 'quota.', Object.keys(quotaEntries)),
    ...strangers('option', outages, 'outages.', Object.keys(outageEntries)),
    ...strangers('option', origins, 'origins.', Object.keys(originEntries)),
    ...strangers('key', backoff, 'backoff.', backoffKeys()),
    ...(isRecord(backoff) ? Object.entries(backoff) : []).flatMap(([key, setting]) =>
      strangers('option', setting, `backoff.${key}.`, SETTING_KEYS),
    ),
  ];
}

function strangers(kind: string, value: unknown, path: string, known: readonly string[]): string[] {
  if (!isRecord(value)) return [];
  return Object.keys(value)
    .filter(key => !known.includes(key))
    .map(key => `Unknown ${kind} \`${path}${key}\`: did you mean \`${closest(key, known)}\`?`);
}

const VARIABLES: readonly (readonly [keyof Origins, readonly string[]])[] = [
  ['api', ['SMARTCAR_API_ORIGIN']],
  ['apiV3', ['SMARTCAR_API_V3_ORIGIN']],
  ['auth', ['SMARTCAR_AUTH_ORIGIN']],
  ['authV3', ['SMARTCAR_AUTH_V3_ORIGIN']],
  // The official SDK builds Connect's links on the API's origin where that one is set.
  ['connect', ['SMARTCAR_CONNECT_ORIGIN', 'SMARTCAR_API_ORIGIN']],
  ['management', ['SMARTCAR_MANAGEMENT_API_ORIGIN']],
];

/** Options first, then the environment, then Smartcar's own hosts. */
export function resolvedOrigins(given: Partial<Origins> = {}, env: NodeJS.ProcessEnv = process.env): Origins {
  const origins: Record<keyof Origins, string> = {...DEFAULT_ORIGINS};
  for (const [name, variables] of VARIABLES) {
    const variable = given[name] === undefined ? variables.find(candidate => env[candidate]) : undefined;
    const value = given[name] ?? (variable === undefined ? undefined : env[variable]);
    if (value === undefined) continue;
    if (!isOrigin(value))
      throw new PolicyError(
        'CONFIGURATION',
        `Expected ${variable ?? name} to be ${ORIGIN}, got ${shown(withoutCredentials(value))}.`,
      );
    origins[name] = new URL(value).origin;
  }
  return Object.freeze(origins);
}
