// For tests of code that uses a policy: time that stands still until it is told to go on. For tests of a token store
// of your own: what the policy relies on in it.
export {manualClock, type ManualClock} from './manual-clock.ts';
export {peersContract, type PeersCase} from './peers-contract.ts';
export {recordsContract} from './records-contract.ts';
export type {LeaseOptions} from './lock-cases.ts';
export {
  tokenStoreContract,
  type TokenStoreCase,
  type TokenStoreContractOptions,
} from './token-store-contract.ts';
export {usageCountsContract} from './usage-counts-contract.ts';
