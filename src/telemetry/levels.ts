import type {EventName, PolicyEvents} from '../engine/events.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error';

type Levels = {readonly [E in EventName]: Level | ((event: PolicyEvents[E]) => Level)};

/** What happens all the time is `debug`; what changes for others `info`; what somebody has to look at is above that. */
const LEVELS: Levels = {
  attempt: 'debug',
  decision: 'debug',
  success: 'debug',
  // The call's own end follows.
  defer: 'debug',
  webhook: 'debug',
  refresh: ({outcome}) => (outcome === 'renewed' || outcome === 'reused' ? 'info' : 'warn'),
  pause: 'info',
  resume: 'info',
  limit: 'info',
  quota: 'warn',
  'webhook-rejected': 'warn',
  reauth: 'warn',
  'reauth-resolved': 'info',
  fail: failing,
};

/** Of an owner who is away was told once; giving up and closing is what somebody wanted. */
function failing({needs, reason}: PolicyEvents['fail']): Level {
  if (reason === 'parked' || reason === 'aborted' || reason === 'closed') return 'info';
  return needs === 'owner' || needs === 'nobody' ? 'warn' : 'error';
}

export function levelOf<E extends EventName>(event: E, payload: PolicyEvents[E]): Level {
  const level = LEVELS[event];
  return typeof level === 'function' ? level(payload) : level;
}
