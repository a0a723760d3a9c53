import {isOutcomeOpen} from '../outcome-open.ts';
import {isV3} from './about.ts';
import type {Hint, HintFacts} from './facts.ts';
import {belowOf} from './paths.ts';
import {quoted} from './wording.ts';

interface Check {
  /** In words. */
  readonly what: string;
  readonly v2?: string;
  readonly v3?: string;
}

/** Where the effect of a command can be read, by what its path or the SDK's method says. */
const CHECKS: readonly (readonly [RegExp, Check])[] = [
  [
    /charge\/(set-)?limit|setChargeLimit/,
    {what: 'the charge limit', v2: 'charge/limit', v3: 'signals/charge-…'},
  ],
  [/charge-schedules/, {what: 'the charge schedule'}],
  [/charge.?port/, {what: 'the charge port', v3: 'signals/closure-…'}],
  [/trunk/, {what: 'the trunk', v2: 'security', v3: 'signals/closure-…'}],
  [/security\/pin/, {what: 'the PIN'}],
  [/navigation|sendDestination/, {what: 'the destination'}],
  [/climate/, {what: 'the climate', v3: 'signals/hvac-…'}],
  [/charge|Charge/, {what: 'the charging state', v2: 'charge', v3: 'signals/charge-…'}],
  [/security|lock/, {what: 'the lock state', v2: 'security', v3: 'signals/closure-…'}],
];

/** A command of which nobody knows whether it was carried out. */
export const outcome: Hint = facts => {
  const {reason, failure, request, operation, command = request?.command ?? false} = facts;
  if (!isOutcomeOpen({reason, failure, command})) return [];
  const name = request ? (belowOf(request) ?? request.operation) : (operation ?? '');
  if (request?.method === 'DELETE' || name === 'disconnect') {
    return [
      'Whether it was carried out is not known: see whether the list of vehicles or connections still has it, then send again.',
    ];
  }
  return [read(facts, name), ...again(name)];
};

function read(facts: HintFacts, name: string): string {
  const check = CHECKS.find(([pattern]) => pattern.test(name))?.[1];
  if (check === undefined)
    return 'Whether it was carried out is not known: read the state of the car before it is sent again.';
  const path = isV3(facts) ? check.v3 : check.v2;
  if (path === undefined)
    return `Whether it was carried out is not known, and no endpoint tells ${check.what}: ask the owner before it is sent again.`;
  const whole = `GET ${isV3(facts) ? '/v3' : '/v2.0'}/vehicles/${facts.vehicle ?? '{id}'}/${path}`;
  return `Whether it was carried out is not known: read ${check.what} (${quoted(whole)}) before it is sent again.`;
}

function again(name: string): readonly string[] {
  if (/unlock/i.test(name))
    return ['Do not call an unlock `idempotent`: late, it opens a car that was locked again.'];
  return /lock|limit/i.test(name)
    ? ['A second one does no harm here: say `idempotent: true`, and the policy repeats it.']
    : [];
}
