import type {AttemptContext} from '../index.ts';

/** Who a durable call is about. Everything in it is kept in Redis. */
export interface DurableContext {
  /** The key of the owner's grant. v2: of the stored token pair. v3: the value of `sc-user-id`. */
  readonly user?: string | undefined;
  /** Smartcar's vehicle id. */
  readonly vehicle?: string | undefined;
  /** A name for events and explanations. @default the name of the call */
  readonly operation?: string | undefined;
  /** A repeat does no harm. Without it the call counts as a command, which is never sent twice on a guess. @default false */
  readonly idempotent?: boolean | undefined;
  /** The maker of the car. */
  readonly make?: string | undefined;
  /** From 0 (first) to 9, in the queue and at the policy's gates. @default 4 for commands, 5 for all else */
  readonly priority?: number | undefined;
  /** The language of messages for the owner, as a BCP 47 tag. */
  readonly locale?: string | undefined;
}

/** Makes the request of one attempt. What it resolves with is kept: JSON, or a `Response` as its status and body. */
export type DurableSend<Data> = (data: Data, attempt: AttemptContext) => unknown;

/** Whether a command was carried out: known, or to be read from a response. */
export type Verified = boolean | Response;

/** What is the same for both ways of making a request. */
export interface HandlerParts<Data> {
  /** The context that follows from the data; what `add` is given lies over it. */
  readonly context?: (data: Data) => DurableContext;
  /**
   * Whether the command was carried out; asked, as a read, when its outcome is unknown. `true`: done; `false`: it is
   * sent again. A question that fails says nothing: throw, or hand out the failed `Response`. Without `verify` a command
   * of unknown outcome becomes a dead letter.
   */
  readonly verify?: (data: Data, attempt: AttemptContext) => Verified | Promise<Verified>;
  /** How long after a command of unknown outcome the car is asked at the earliest, in milliseconds. @default 30_000 */
  readonly verifyAfterMs?: number;
}

/** A call by any client: it gets the token of each attempt. */
export interface CallHandler<Data> extends HandlerParts<Data> {
  /** Makes the request of one attempt. */
  readonly call: DurableSend<Data>;
}

/** A call by fetch: the policy adds the token, and waits for the outcome of a v3 command that answers 202. */
export interface RequestHandler<Data> extends HandlerParts<Data> {
  /** The request of one attempt, without a token. */
  readonly request: (data: Data) => Request;
}

/** What the calls of one name do: any function, or an object that says more. */
export type Handler<Data> = SendFunction<Data> | CallHandler<Data> | RequestHandler<Data>;

/**
 * Any function: each has a `call`, the one of all functions. Named here as what it is in a `CallHandler`, or TypeScript
 * could not tell what the parameters of that one are.
 */
type SendFunction<Data> = DurableSend<Data> & {readonly call: DurableSend<Data>};

/** By the names of the calls. */
export type Handlers = Readonly<Record<string, Handler<never>>>;

/** The data that a handler takes. */
export type DataOf<H> = H extends (data: infer Data, attempt: AttemptContext) => unknown
  ? Data
  : H extends {readonly call: (data: infer Data, attempt: AttemptContext) => unknown}
    ? Data
    : H extends {readonly request: (data: infer Data) => Request}
      ? Data
      : never;

/** A handler in one form, its data no longer told apart. */
export interface AnyHandler extends Partial<HandlerParts<unknown>> {
  readonly call?: DurableSend<unknown>;
  readonly request?: (data: unknown) => Request;
}

export function handlerNamed(handlers: Handlers, name: string): AnyHandler | undefined {
  const handler = Object.hasOwn(handlers, name) ? (handlers[name] as Handler<unknown>) : undefined;
  return typeof handler === 'function' ? {call: handler} : handler;
}
