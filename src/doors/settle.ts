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
  const final = new Response(text, {status: statusOf(outcome), headers});
  Object.defineProperty(final, 'url', {value: response.url});
  return final;
}

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
  const said = Array.isArray(errors)
    ? (errors[0] as {status?: unknown} | undefined)?.status
    : (statusCode ?? status);
  const number = Number(said);
  if (Number.isInteger(number) && number >= 200 && number <= 599) return number;
  return Array.isArray(errors) && errors.length > 0 ? 500 : 200;
}
