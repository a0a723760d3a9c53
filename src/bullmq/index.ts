// Durable calls: the policy's waits in Redis, on BullMQ.
export type {AddOptions} from './adding.ts';
export type {RedisClient} from './connection.ts';
export {
  DurableCallError,
  type DurableCallErrorCode,
  type DurableCallErrorDetails,
} from './durable-call-error.ts';
export {durableCalls, type DurableCalls, type DurableCounts} from './durable-calls.ts';
export type {DeadLetter, DurableEventName, DurableEvents, DurableFacts, DurableListener} from './events.ts';
export type {
  CallHandler,
  DataOf,
  DurableContext,
  DurableSend,
  Handler,
  HandlerParts,
  Handlers,
  RequestHandler,
  Verified,
} from './handlers.ts';
export type {DurableCallsOptions} from './options.ts';
export type {DeathReason, KeptResponse} from './stored-call.ts';
