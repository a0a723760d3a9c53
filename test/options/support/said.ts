import {createPolicy, PolicyError, type PolicyOptions} from '../../../src/index.ts';

/** What `createPolicy` says about options that no type would let pass. */
export function said(options: unknown): string {
  try {
    createPolicy(options as PolicyOptions);
    return 'nothing';
  } catch (error) {
    return PolicyError.is(error) && error.code === 'CONFIGURATION' ? error.message : `threw ${String(error)}`;
  }
}
