/** An exchange as a log has it. Members are absent where it does not tell. */
export interface Exchange {
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly request?: {
    readonly method?: string;
    readonly url?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  };
}

/**
 * Reads `{request, response}` in the words of fetch, of Node, of axios (`config`, `data`) or of a HAR entry, or a
 * response alone. `undefined` for anything else, such as the error itself.
 */
export function exchangeFrom(value: unknown): Exchange | undefined {
  const inside = member(value, 'response');
  const response = isResponse(inside) || has(inside, 'body') ? inside : value;
  if (response === value && !isBareResponse(value)) return undefined;
  const request = response === value ? undefined : (member(value, 'request') ?? member(value, 'config'));
  const status = statusOf(response);
  return {
    ...(status !== undefined && {status}),
    headers: headersOf(response) ?? {},
    body: bodyOf(response),
    ...(isObject(request) && {request: requestOf(request)}),
  };
}

/** The error in a line of a log, in the words of the common loggers; anything else as it is. */
export function loggedError(value: unknown): unknown {
  if (has(value, 'type') || has(value, 'errors')) return value;
  return ['err', 'error'].map(name => member(value, name)).find(isObject) ?? value;
}

/** What `curl -i` prints. The answer of a proxy, a 100 and a redirect come before the last one. */
export function exchangeFromHttp(text: string): Exchange | undefined {
  let rest = text;
  let found: Exchange | undefined;
  for (;;) {
    const [head, status, lines = ''] =
      /^HTTP\/[\d.]+ (\d{3})[^\r\n]*\r?\n((?:[^\r\n]+\r?\n)*)(?:\r?\n|$)/.exec(rest) ?? [];
    if (head === undefined) break;
    rest = rest.slice(head.length);
    const pairs = [...lines.matchAll(/^([^:\r\n]+):[ \t]*([^\r\n]*)/gm)];
    const headers = Object.fromEntries(pairs.map(([, name = '', value = '']) => [name.toLowerCase(), value]));
    found = {status: Number(status), headers, body: undefined};
  }
  return found && {...found, body: rest};
}

function isResponse(value: unknown): boolean {
  return statusOf(value) !== undefined;
}

/** An error has a status too, and says what it is beside it. */
function isBareResponse(value: unknown): boolean {
  if (!isResponse(value) || ['type', 'error', 'errors', 'stack'].some(name => has(value, name))) return false;
  return ['body', 'data', 'headers', 'content'].some(name => has(value, name));
}

function statusOf(value: unknown): number | undefined {
  const status = member(value, 'status') ?? member(value, 'statusCode');
  return /^[1-5]\d\d$/.test(String(status)) ? Number(status) : undefined;
}

function bodyOf(holder: unknown): unknown {
  const body = member(holder, 'body') ?? member(holder, 'data') ?? member(holder, 'postData');
  const content = body ?? member(holder, 'content');
  const text = member(content, 'text');
  if (typeof text !== 'string' || (!has(content, 'mimeType') && !has(content, 'size'))) return content;
  return member(content, 'encoding') === 'base64' ? Buffer.from(text, 'base64').toString() : text;
}

function requestOf(request: object): NonNullable<Exchange['request']> {
  const method = member(request, 'method');
  const url = member(request, 'url');
  const headers = headersOf(request);
  const body = bodyOf(request);
  return {
    ...(typeof method === 'string' && method !== '' && {method: method.toUpperCase()}),
    ...(typeof url === 'string' && url !== '' && {url}),
    ...(headers && {headers}),
    ...(body !== undefined &&
      body !== null && {body: typeof body === 'string' ? body : JSON.stringify(body)}),
  };
}

/** Names in lower case. A list of `{name, value}` is that of a HAR. */
function headersOf(holder: unknown): Readonly<Record<string, string>> | undefined {
  const headers = member(holder, 'headers');
  if (!isObject(headers)) return undefined;
  const pairs = Array.isArray(headers)
    ? headers.map((one: unknown) => [member(one, 'name'), member(one, 'value')])
    : Object.entries(headers);
  return Object.fromEntries(
    pairs.flatMap(([name, value]) =>
      typeof name === 'string' && ['string', 'number', 'object'].includes(typeof value) && value !== null
        ? [[name.toLowerCase(), String(value)]]
        : [],
    ),
  ) as Record<string, string>;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

export function has(value: unknown, name: string): boolean {
  return isObject(value) && Object.hasOwn(value, name);
}

export function member(value: unknown, name: string): unknown {
  return has(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
