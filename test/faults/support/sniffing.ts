import {appendFileSync} from 'node:fs';

/** Loaded before a program: writes down every token and code that goes through its fetch, for a test to look for. */
const file = process.env['SMARTCAR_SNIFFED'] ?? '/dev/null';
const note = (secret: unknown): void => {
  if (typeof secret === 'string' && secret !== '') appendFileSync(file, `${secret}\n`);
};

const {fetch} = globalThis;
globalThis.fetch = async (input, init) => {
  note(new Headers(init?.headers).get('authorization')?.replace(/^\S+\s+/, ''));
  const form = new URLSearchParams(init?.body instanceof URLSearchParams ? init.body : '');
  for (const name of ['refresh_token', 'code', 'client_secret']) note(form.get(name));
  const response = await fetch(input, init);
  if (!String(input instanceof Request ? input.url : input).endsWith('/token')) return response;
  const body = (await response
    .clone()
    .json()
    .catch(() => ({}))) as Record<string, unknown>;
  note(body['access_token']);
  note(body['refresh_token']);
  return response;
};
