// The front door. Not exported, on purpose: the core (its parts are reached through `decide` and `explain`), the
// engine, gates and episodes (one policy owns them), and the adapters' helpers.
export {applicationToken} from './auth/application-token.ts';
export {userTokens, type UserTokensOptions} from './auth/user-tokens.ts';
export type {Credentials} from './auth/credentials.ts';
export type {CallbackOptions, ConnectedOwner} from './connect/callback.ts';
export type {BackoffSetting, BackoffTable} from './core/backoff.ts';
export type {Decision, GateClosing} from './core/decide.ts';
export type {CallbackProblem} from './core/callback-problem.ts';
export type {Action, Effect, Failure, FailureScope, FieldProblem, Needs, Resolution} from './core/failure.ts';
export {
  POLICY_ERROR_CODES,
  PolicyError,
  type PolicyErrorCode,
  type PolicyErrorDetails,
} from './core/policy-error.ts';
export type {MessageFacts} from './core/messages/verdict.ts';
export type {
  WebhookError,
  WebhookEvent,
  WebhookReceived,
  WebhookRefusal,
  WebhookRejected,
  WebhookSignal,
} from './core/webhook-event.ts';
export {REASONS, type Reason} from './core/reasons.ts';
export type {FetchDoor, PolicyRequestInit} from './doors/fetch.ts';
export type {PolicyKy, PolicyKyOptions} from './doors/ky.ts';
export type {Send} from './doors/run.ts';
export type {AttemptContext, CallContext} from './engine/call.ts';
export type {
  CallFacts,
  DecisionFacts,
  EventName,
  Listener,
  PolicyEvents,
  ReauthEvent,
} from './engine/events.ts';
export {explain, type Explain, type Explanation} from './engine/explain.ts';
export type {DecideContext} from './engine/judge.ts';
export type {
  AgainOptions,
  AnyPart,
  Asking,
  FailedPart,
  OkPart,
  Part,
  PartExplanation,
  Parts,
  PartsOptions,
  UnavailablePart,
} from './engine/partial/parts.ts';
export type {
  AppOptions,
  BudgetOption,
  ConnectOptions,
  LimitOptions,
  OutageOption,
  PolicyOptions,
  QuotaOption,
} from './options.ts';
export type {Connect, Reauth} from './owners.ts';
export {createPolicy, type Policy} from './policy.ts';
export type {PolicyLimits} from './restraints.ts';
export type {
  AuthMethod,
  Clock,
  Episode,
  EpisodeEnd,
  EpisodeRecord,
  EpisodeRecords,
  GateChange,
  GateKey,
  GateNews,
  GateState,
  Lease,
  Lock,
  Marks,
  Member,
  OpenEpisode,
  Origins,
  PeerLink,
  Peers,
  RefreshOutcome,
  SharedPace,
  SharedRate,
  Surroundings,
  StoredTokens,
  Tokens,
  TokenSource,
  TokenStore,
  TurnRequest,
  Turns,
  QuotaFullness,
  QuotaWarning,
  UsageCounts,
  VehicleUsage,
} from './ports.ts';
export {memoryStore} from './stores/memory-store.ts';
export type {EncryptionKey} from './at-rest/sealing.ts';
export {sqliteStore, type SqliteStoreOptions} from './stores/sqlite-store.ts';
export type {Logger} from './telemetry/logger.ts';
export type {UserFor, WebhookSubject} from './webhooks/act.ts';
export type {WebhookOptions} from './webhooks/options.ts';
export type {Webhooks} from './webhooks.ts';
export {withPolicy, type PolicyFetch} from './with-policy.ts';
