import ky, {type Input, type KyInstance, type Options, type ResponsePromise} from 'ky';
import type {CallContext} from '../engine/call.ts';
import type {FetchDoor} from './fetch.ts';

/** ky's options, and the context of this one call. */
export type PolicyKyOptions = Options & {readonly policy?: CallContext};

type Request = <T>(url: Input, options?: PolicyKyOptions) => ResponsePromise<T>;
type Shortcut = 'get' | 'post' | 'put' | 'patch' | 'head' | 'delete' | 'query';

/** A ky instance that goes through the policy, as those do that `extend` makes of it. */
export type PolicyKy = Omit<KyInstance, Shortcut | 'extend'> &
  Record<Shortcut, Request> &
  Request & {
    extend(defaults: PolicyKyOptions | ((parent: Options) => PolicyKyOptions)): PolicyKy;
  };

/** ky neither repeats nor times out here: a second layer would multiply the attempts, and count our waiting. */
export function kyDoor(fetch: FetchDoor): PolicyKy {
  return ky.create({fetch, retry: 0, timeout: false}) as PolicyKy;
}
