import {redacted} from '../core/redacted.ts';
import type {WebhookEvent, WebhookReceived, WebhookRefusal, WebhookRejected} from '../core/webhook-event.ts';
import {wrong} from '../core/wrong.ts';
import type {Clock, Marks} from '../ports.ts';
import {actingOnce, DAY_MS, SKEW_MS, type UserFor} from './act.ts';
import {bytesOf} from './body.ts';
import {readDelivery} from './event.ts';
import {REFUSALS} from './refusals.ts';
import {hmacOf, isHarmless, isSigned} from './signature.ts';

/** Tells what was accepted, once for each event, and what was not. Must not throw. */
export interface EmitWebhook {
  (event: 'webhook', payload: WebhookReceived): void;
  (event: 'webhook-rejected', payload: WebhookRejected): void;
}

export interface WebhookSettings {
  /** From the dashboard: the key of all signatures. */
  readonly applicationManagementToken: string;
  /** Remembers which events were handled. */
  readonly marks: Marks;
  readonly clock: Required<Pick<Clock, 'now' | 'timer'>>;
  /** The longest body that is read. Smartcar's have 50 kB at most. @default 65_536 */
  readonly maxBytes?: number;
  /** @default Smartcar's user id, which is v3's `sc-user-id` */
  readonly userFor?: UserFor;
  /** Does what an event asks for, once; it is delivered again where this rejects. */
  readonly react: (event: WebhookEvent, user: string | undefined) => unknown;
  readonly emit: EmitWebhook;
}

/** With what `act` may take, less than the 15 s that Smartcar waits. */
const READ_MS = 4_000;

/**
 * Answers Smartcar's deliveries. Rejects only with `CONFIGURATION`, for a request whose body somebody has read before.
 *
 * Sources: https://smartcar.com/docs/api-reference/webhooks/delivery-behavior,
 * https://smartcar.com/docs/integrations/webhooks/callback-verification
 */
export function webhookHandler(settings: WebhookSettings): (request: Request) => Promise<Response> {
  const {applicationManagementToken: token, marks, clock, maxBytes = 65_536, react, emit} = settings;
  if (typeof token !== 'string' || token === '')
    throw wrong('`webhooks.applicationManagementToken`', 'a text that is not empty', token);

  function report(why: WebhookRefusal, detail = '', eventId?: string): void {
    const [status, said] = REFUSALS[why];
    const message = redacted(detail === '' ? said : `${said} ${detail}`, [token]);
    emit('webhook-rejected', {why, status, message, ...(eventId !== undefined && {eventId})});
  }

  function refuse(why: WebhookRefusal, detail?: string, eventId?: string): Response {
    report(why, detail, eventId);
    return refusal(why);
  }

  const act = actingOnce({
    marks,
    clock,
    userFor: settings.userFor ?? (({smartcarUser}) => smartcarUser),
    react,
    accepted: event => emit('webhook', event),
    failed: ({eventId}, error, late) => report(late ? 'failed-late' : 'failed', saidBy(error), eventId),
  });

  const answerTo = (challenge: string): Response => Response.json({challenge: hmacOf(token, challenge)});

  /** It may be a question, which comes without a signature at times. */
  function unsigned(body: Uint8Array, signature: string | null): Response {
    const challenge = readDelivery(parsed(body), '')?.challenge;
    if (isHarmless(challenge)) return answerTo(challenge);
    return refuse(signature === null ? 'unsigned' : 'signature');
  }

  async function signed(body: Uint8Array): Promise<Response> {
    const delivery = readDelivery(parsed(body), hmacOf(token, body));
    if (!delivery) return refuse('not-json');
    const {event, challenge, test} = delivery;
    if (event.type === 'VERIFY') return isHarmless(challenge) ? answerTo(challenge) : refuse('challenge');
    if (test) return ACCEPTED();
    const ageMs = clock.now() - (event.deliveredAt ?? clock.now());
    if (ageMs > DAY_MS || ageMs < -SKEW_MS)
      return refuse('stale', `It is ${Math.round(ageMs / 1_000)} s old.`, event.eventId);
    return (await act(event)) ? ACCEPTED() : refusal('failed');
  }

  return async request => {
    if (request.method !== 'POST') return refuse('method', `This came with ${request.method}.`);
    if (request.bodyUsed || request.body?.locked === true) throw readBefore();
    const body = await bytesOf(request, {bytes: maxBytes, ms: READ_MS}, clock);
    if (typeof body === 'string') return refuse(body);
    const signature = request.headers.get('sc-signature');
    return isSigned(token, body, signature) ? signed(body) : unsigned(body, signature);
  };
}

const ACCEPTED = (): Response => new Response(null, {status: 200});

function refusal(why: WebhookRefusal): Response {
  const [status] = REFUSALS[why];
  return Response.json({error: why}, {status, ...(status === 405 && {headers: {allow: 'POST'}})});
}

function readBefore(): Error {
  return wrong(
    'the request of a webhook',
    'one whose body nobody has read, since the signature is that of the raw body',
    'one that was read',
  );
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** What was thrown can be anything, also what cannot be turned into a text. */
function saidBy(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : typeof error;
  } catch {
    return 'It threw what cannot be read.';
  }
}
