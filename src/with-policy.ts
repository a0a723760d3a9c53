import {DOOR, createPolicy, type Policy} from './policy.ts';
import type {PolicyRequestInit} from './doors/fetch.ts';
import type {CallContext} from './engine/call.ts';
import {checkedContext, laidOver, wrong} from './engine/context.ts';
import type {PolicyOptions} from './options.ts';

/** A `fetch` with a policy in front of it; it can stand in the place of the global one. */
export interface PolicyFetch {
  /** As `fetch`; `init.policy` is the context of this one call, laid over that of the door. */
  (input: string | URL | Request, init?: PolicyRequestInit): Promise<Response>;
  /** The policy that was given, or made of the options. */
  readonly policy: Policy;
  /** The same, with this context laid over the one it has. */
  with(context: CallContext): PolicyFetch;
}

/**
 * Puts a policy in front of a `fetch`. Options instead of a policy make one, found at `.policy`. Requests to any other
 * origin than Smartcar's, and what is no absolute URL, pass through untouched.
 *
 * @throws `PolicyError` with code `CONFIGURATION`: no fetch, one that has a policy already, a wrong option or context.
 *
 * @example
 * const smartcar = withPolicy(fetch, policy, {user: 'ada'});
 * const response = await smartcar('https://api.smartcar.com/v2.0/vehicles');
 */
export function withPolicy(
  fetch: typeof globalThis.fetch,
  policyOrOptions: Policy | PolicyOptions,
  context: CallContext = {},
): PolicyFetch {
  if (typeof fetch !== 'function') throw wrong('the first argument of withPolicy', 'a fetch function', fetch);
  const policy = isPolicy(policyOrOptions) ? policyOrOptions : policyFrom(policyOrOptions, fetch);
  const door = policy[DOOR](fetch, context);
  return Object.assign(door, {
    policy,
    with: (more: CallContext) => withPolicy(fetch, policy, laidOver(context, checkedContext(more))),
  });
}

/** The given fetch also asks the token endpoint, unless the options name another. */
function policyFrom(options: PolicyOptions, fetch: typeof globalThis.fetch): Policy {
  const plain = typeof options === 'object' && options !== null && !Array.isArray(options);
  return createPolicy(plain ? {...options, fetch: options.fetch ?? fetch} : options);
}

function isPolicy(value: Policy | PolicyOptions): value is Policy {
  return typeof value === 'object' && value !== null && DOOR in value;
}
