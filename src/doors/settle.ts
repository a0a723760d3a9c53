import {likened} from './likeness.ts';

/**
 * A v3 command that takes long answers 202 and streams its outcome on the same connection
 * (https://smartcar.com/docs/api-reference/commands/overview). Reads it to the end and makes it the response.
 * A stream that is cut, or ends without an outcome, rejects as a lost connection does: nobody knows what happened.
 */
export async function settled(response: Response): Promise<Response> {
  const text = await response.text();
  const outcome = parsed(text);
  if (outcome === undefined) {
    throw new TypeError('terminated', {
      cause: Object.assign(new Error('The 202 ended without an outcome.'), {code: 'UND_ERR_SOCKET'}),
    });
  }
  const headers = new Headers(response.headers);
  for (const name of ['content-length', 'content-encoding', 'transfer-encoding']) headers.delete(name);
  const status = statusOf(outcome);
  return likened(new Response(BODILESS.has(status) ? null : text, {status, headers}), response);
}

/** No `Response` of these can be made with a body. */
const BODILESS = new Set([204, 205, 304]);

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The body's own status differs from the 202 of the head: v3 writes it as a string in `errors[]`. */
function statusOf(outcome: unknown): number {
  const {errors, status, statusCode} = outcome as {errors?: unknown; status?: unknown; statusCode?: unknown};
  const failed = Array.isArray(errors) && errors.length > 0;
  const said = failed ? (errors[0] as {status?: unknown} | null)?.status : (statusCode ?? status);
  const number = Number(said);
  // Errors are a failure, whatever status stands beside them.
  if (Number.isInteger(number) && number >= (failed ? 400 : 200) && number <= 599) return number;
  return failed ? 500 : 200;
}
