import {aboutOf} from './about.ts';
import type {Hint, HintFacts} from './facts.ts';
import {quoted, until} from './wording.ts';

/** Whose limit: Smartcar's for the application or the car, or the maker's. */
function limitOf(facts: HintFacts): 'application' | 'vehicle' | 'maker' | undefined {
  const {reason, failure, gate} = facts;
  if (failure.type === 'UPSTREAM' && failure.code === 'RATE_LIMIT') return 'maker';
  if (aboutOf(facts) !== 'RATE_LIMIT') {
    // Nothing but a limit shuts the gate of all; that of a car is shut by its sleep too.
    return isHeld(reason) && gate?.key === 'application' && gate.shutFor !== 'billing'
      ? 'application'
      : undefined;
  }
  if (failure.code === 'SMARTCAR_API' || failure.type === 'rate_limiting_error') return 'application';
  if (gate) return gate.key.startsWith('vehicle:') ? 'vehicle' : 'application';
  return failure.scope === 'vehicle' ? 'vehicle' : 'application';
}

/** Nothing was sent, because of a gate or a limit. */
const isHeld = (reason: HintFacts['reason']): boolean => reason === 'paused' || reason === 'crowded';

/** Which gate is closed, how long, and who waits behind it. */
export const closedGate: Hint = facts => {
  const {gate, retryAt, now, vehicle, reason} = facts;
  const limit = limitOf(facts);
  if (limit === undefined && !isHeld(reason)) return [];
  const time = gate?.until ?? retryAt;
  const open = time === undefined ? undefined : until(time, now);
  if (!gate && open === undefined) return [];
  const isOpen = time !== undefined && time <= now;
  if (isOpen && !isHeld(reason)) return [];
  const key =
    gate?.key ??
    ((limit === 'vehicle' || limit === 'maker') && vehicle !== undefined ? `vehicle:${vehicle}` : undefined);
  const whose = key === undefined ? 'The gate' : `The gate of ${nameOf(key)}`;
  const waiting = gate?.waiting ?? 0;
  const behind = waiting > 0 ? `; ${waiting} ${waiting === 1 ? 'call waits' : 'calls wait'} behind it` : '';
  const isShut = !gate || !('shutFor' in gate) || gate.shutFor !== undefined;
  const till = open === undefined ? '' : ` ${open}`;
  const state = isOpen ? 'is only just opening' : isShut ? `is closed${till}` : `has no place free${till}`;
  return [`${whose} ${state}${behind}.`];
};

function nameOf(key: string): string {
  const [kind = '', ...rest] = key.split(':');
  if (kind === 'token') {
    const whose = rest.join(':');
    return whose === '*' ? 'the token endpoint' : `the token endpoint for ${quoted(whose)}`;
  }
  if (kind === 'commands') return `commands to ${quoted(rest.join(':'))}`;
  if (kind === 'permission')
    return `the permission ${quoted(rest.slice(1).join(':'))} of ${quoted(rest[0] ?? '')}`;
  return rest.length === 0 ? `the ${kind}` : `the ${kind} ${quoted(rest.join(':'))}`;
}

const EARLIER: readonly string[] = [
  'An earlier call was told to wait, and that holds for all behind this gate: the `pause` event names its reason.',
];

const SHUT_FOR: Readonly<Record<string, readonly string[]>> = {
  billing: [
    'A limit of the plan holds for it: once that has changed, `policy.reopen(scope)` lets a call try at once.',
  ],
  'maker-outage': [
    'Many cars of this make have failed at once: reads are held back until single samples succeed.',
  ],
};
const NO_PLACE: readonly string[] = ['`policy.limits()` shows its rate, who waits and what is under way.'];

/** What lowers the number of calls, or else why there are none. */
export const fewerCalls: Hint = facts => {
  const limit = limitOf(facts);
  const {gate, reason} = facts;
  if (reason === 'crowded') return NO_PLACE;
  if (limit === undefined) {
    if (reason !== 'paused' || !gate) return [];
    if ('shutFor' in gate && gate.shutFor === undefined) return NO_PLACE;
    return SHUT_FOR[gate.shutFor ?? ''] ?? EARLIER;
  }
  const {operation = ''} = facts.request ?? {};
  if (limit === 'application') {
    return [
      'All cars draw on one bucket (120 calls, 2 more each minute unless raised): webhooks take reads off it, and Smartcar can raise it.',
    ];
  }
  const own =
    limit === 'maker' ? "The limit is the maker's, and its own app counts too" : 'The limit is of this make';
  return operation.startsWith('POST') && !operation.endsWith('/batch')
    ? [`${own}: send fewer commands to this car.`]
    : [`${own}: poll this car less often, or let webhooks bring its readings.`];
};
