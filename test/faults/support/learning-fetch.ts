/** A fetch that learns each token, code and answer that goes through it. */
export function learning(
  plain: typeof fetch,
  learn: (name: string, secret: string | null | undefined) => void,
): typeof fetch {
  return async (input, init) => {
    const bearer = new Headers(init?.headers).get('authorization');
    learn('authorization', bearer?.replace(/^\S+\s+/, ''));
    const form = new URLSearchParams(init?.body instanceof URLSearchParams ? init.body : '');
    for (const name of ['refresh_token', 'code', 'client_secret']) learn(name, form.get(name));
    const response = await plain(input, init);
    if (!String(input instanceof Request ? input.url : input).endsWith('/token')) return response;
    const body = (await response
      .clone()
      .json()
      .catch(() => ({}))) as Record<string, unknown>;
    for (const name of ['access_token', 'refresh_token'])
      if (typeof body[name] === 'string') learn(name, body[name]);
    return response;
  };
}
