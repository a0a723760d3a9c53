import {createRequire} from 'node:module';
import type {Input, KyInstance, Options, ResponsePromise} from 'ky';
import type {CallContext} from '../engine/call.ts';
import {wrong} from '../engine/context.ts';
import type {FetchDoor} from './fetch.ts';

/** ky's options but those of a second layer of retries, and the context of this one call. */
export type PolicyKyOptions = Omit<Options, 'retry' | 'timeout' | 'totalTimeout'> & {
  readonly policy?: CallContext;
};

type KyCall = <T>(url: Input, options?: PolicyKyOptions) => ResponsePromise<T>;
type Shortcut = 'get' | 'post' | 'put' | 'patch' | 'head' | 'delete' | 'query';

/** A ky instance that goes through the policy, as those do that `extend` makes of it. */
export type PolicyKy = Omit<KyInstance, Shortcut | 'extend'> &
  Record<Shortcut, KyCall> &
  KyCall & {
    extend(defaults: PolicyKyOptions | ((parent: Options) => PolicyKyOptions)): PolicyKy;
  };

/** Importing ky costs as much as everything else together, so it is loaded by those who ask for it. */
const load = createRequire(import.meta.url);

/** ky neither repeats nor times out here: a second layer would multiply the attempts, and count our waiting. */
export function kyDoor(fetch: FetchDoor): PolicyKy {
  const {default: ky} = loaded();
  return ky.create({fetch, retry: 0, timeout: false}) as PolicyKy;
}

function loaded(): {readonly default: KyInstance} {
  try {
    return load('ky') as {readonly default: KyInstance};
  } catch {
    throw wrong(
      'the package ky',
      'installed beside smartcar-policy, and left out of a bundle (external)',
      undefined,
    );
  }
}
