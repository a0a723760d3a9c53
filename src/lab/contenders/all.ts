import {withAxiosRetry} from './axios-retry.ts';
import {withCockatiel} from './cockatiel.ts';
import type {Contender} from './contender.ts';
import {handWritten} from './hand-written.ts';
import {withKy} from './ky.ts';
import {noRetry} from './no-retry.ts';
import {ours, oursSetUp} from './ours.ts';
import {withPRetry} from './p-retry.ts';

/** All policies of the lab, ours first. */
export const CONTENDERS: readonly Contender[] = [
  ours,
  oursSetUp,
  noRetry,
  withPRetry,
  withKy,
  withAxiosRetry,
  withCockatiel,
  handWritten,
];
