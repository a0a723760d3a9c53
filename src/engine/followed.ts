import {wrong} from '../core/wrong.ts';
import type {Tracing} from '../ports.ts';

/** Holds who follows the calls of a policy. Nobody: nothing is told to anybody. */
export interface Followed {
  by: Tracing | undefined;
}

/** Begins to follow; returns what ends it. @throws `PolicyError` with code `CONFIGURATION`: somebody follows already. */
export function follow(followed: Followed, tracing: Tracing): () => void {
  if (followed.by) throw wrong('the policy', 'one that is not instrumented yet', 'instrumented');
  followed.by = tracing;
  return () => {
    if (followed.by === tracing) followed.by = undefined;
  };
}
