/** What an owner of the package imports. */
export {
  applicationToken,
  createPolicy,
  explain,
  memoryStore,
  PolicyError,
  sqliteStore,
  userTokens,
  type CallContext,
  type Policy,
  type PolicyOptions,
  type TokenStore,
} from '../../../src/index.ts';
export {manualClock, type ManualClock} from '../../../src/testing/index.ts';
