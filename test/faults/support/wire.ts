import type {Ending} from './fate.ts';

const RETRY_LATER = {resolution: {type: 'RETRY_LATER'}};
export const REAUTH = {resolution: {type: 'REAUTHENTICATE'}};

/** What an answer is about. */
export interface Facts {
  readonly car: string;
  readonly token: string;
  /** In seconds. */
  readonly told: number | undefined;
  readonly command: boolean;
}

/** What comes over the wire; throws what fetch would. */
export function answerOf(ends: Ending, {car, token, told, command}: Facts): Response {
  const after = told === undefined ? {} : {'retry-after': String(told)};
  switch (ends) {
    case 'success':
      return Response.json({car});
    case 'carLimit':
      return problem(429, 'RATE_LIMIT', 'VEHICLE', RETRY_LATER, after);
    case 'applicationLimit':
      return problem(429, 'RATE_LIMIT', 'SMARTCAR_API', RETRY_LATER, after);
    case 'bareLimit':
      return new Response('slow down', {status: 429, headers: after});
    case 'upstream':
      return problem(502, 'UPSTREAM', 'NO_RESPONSE', RETRY_LATER);
    case 'asleep':
      return problem(409, 'VEHICLE_STATE', 'ASLEEP');
    case 'tokenGone':
      return problem(401, 'AUTHENTICATION', null);
    case 'noPermission':
      return problem(403, 'PERMISSION', null, REAUTH);
    case 'unavailable':
      return problem(400, 'VALIDATION', null);
    case 'html':
      return new Response('<html>Bad Gateway</html>', {status: 502});
    case 'halfJson':
      return new Response('{"type":"UPSTR', {status: 500});
    case 'brokenBody':
      return new Response(brokenStream(), {status: 504});
    case 'billing':
      return problem(430, 'BILLING', 'VEHICLE_LIMIT', RETRY_LATER);
    case 'newResolution':
      return problem(500, 'SERVER', 'INTERNAL', {resolution: {type: 'WAIT_FOR_THE_MOON'}});
    case 'redirectAway':
      return redirected(`https://elsewhere.example/${token}`);
    case 'redirectHere':
      return redirected(`/v2.0/vehicles/${car}/elsewhere`);
    case 'brokenSuccess':
      return new Response(brokenStream('{"car":'), {status: 200});
    case 'accepted':
      return command ? new Response('{"status":"200"}', {status: 202}) : Response.json({car});
    case 'cutAccepted':
      return command ? new Response(brokenStream('{"sta'), {status: 202}) : Response.json({car});
    case 'unreachable':
      throw broken('ECONNREFUSED');
    case 'droppedBefore':
    case 'droppedAfter':
      throw broken(ends === 'droppedBefore' ? 'EPIPE' : 'UND_ERR_SOCKET');
  }
}

/** As fetch fails. */
export const broken = (code: string, words: string = 'fetch failed'): Error =>
  new TypeError(words, {cause: Object.assign(new Error('socket'), {code})});

/** A body: what has come, and then the connection is gone. */
export function brokenStream(begin: string = ''): ReadableStream {
  let begun = begin === '';
  return new ReadableStream({
    pull(controller) {
      if (begun) controller.error(broken('UND_ERR_SOCKET', 'terminated'));
      else controller.enqueue(new TextEncoder().encode(begin));
      begun = true;
    },
  });
}

const redirected = (location: string): Response => new Response(null, {status: 307, headers: {location}});

export function problem(
  status: number,
  type: string,
  code: string | null,
  more: object = {},
  headers: Record<string, string> = {},
): Response {
  return Response.json({type, code, statusCode: status, description: 'words', ...more}, {status, headers});
}
