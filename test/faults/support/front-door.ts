/** What an owner of the package imports. */
export {
  applicationToken,
  createPolicy,
  explain,
  memoryStore,
  PolicyError,
  sqliteStore,
  userTokens,
  withPolicy,
  type CallContext,
  type Policy,
  type PolicyEvents,
  type PolicyOptions,
  type Tokens,
  type TokenStore,
} from '../../../src/index.ts';
export {manualClock, type ManualClock} from '../../../src/testing/index.ts';
