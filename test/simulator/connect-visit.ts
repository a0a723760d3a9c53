import type {OwnerSpec, Simulator, SimulatorOptions} from '../../src/simulator/index.ts';
import {basic, postForm, sender, start} from './harness.ts';

/** What a browser does with Connect's pages, without a browser. */

export const home: string = 'https://example.com/back';

/** What Connect answered: a page, or the way back. */
export interface Shown {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly title: string;
  readonly back: URL | undefined;
}

export type Fields = Readonly<Record<string, string | readonly string[]>>;

async function read(response: Response): Promise<Shown> {
  const location = response.headers.get('location');
  const text = (await response.text()).replace(/\s+/g, ' ').replaceAll(' />', '>');
  return {
    status: response.status,
    headers: response.headers,
    text,
    title: /<h1>([^<]*)<\/h1>/.exec(text)?.[1] ?? '',
    back: location === null ? undefined : new URL(location),
  };
}

export async function open(
  simulator: Simulator,
  query: Record<string, string> = {},
  errand = 'authorize',
  accept = 'text/html,application/xhtml+xml,*/*;q=0.8',
): Promise<Shown> {
  const link = {
    response_type: 'code',
    client_id: 'client_simulator',
    redirect_uri: home,
    state: 'abc',
    ...query,
  };
  const url = `${simulator.origin}/oauth/${errand}?${new URLSearchParams(link).toString()}`;
  return read(await fetch(url, {headers: {accept}, redirect: 'manual'}));
}

export async function post(simulator: Simulator, fields: Fields, errand = 'authorize'): Promise<Shown> {
  const body = new URLSearchParams();
  for (const [name, values] of Object.entries(fields)) {
    for (const value of [values].flat()) body.append(name, value);
  }
  const url = `${simulator.origin}/oauth/${errand}`;
  return read(await fetch(url, {method: 'POST', body, redirect: 'manual'}));
}

/** The hidden fields of a page. */
export function hidden({text}: Shown): {flow: string; step: string} {
  const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
  return {flow: value('flow'), step: value('step')};
}

/** Fills in the form of a page and sends it. */
export function send(simulator: Simulator, shown: Shown, fields: Fields): Promise<Shown> {
  return post(simulator, {...hidden(shown), ...fields});
}

export const password: string = 'any';

/** As far as the choice of cars, or as the link goes without it. */
export async function logIn(
  simulator: Simulator,
  query: Record<string, string> = {},
  email = 'ada@example.com',
): Promise<Shown> {
  const shown = await open(simulator, {make: 'TESLA', ...query});
  return send(simulator, shown, {email, password});
}

export async function withAda(spec: OwnerSpec = {}, options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await start(options);
  simulator.addOwner({id: 'ada', connected: false, vehicles: [{id: 'one', vin: 'VIN1'}], ...spec});
  return simulator;
}

export function parameters({back}: Shown): Record<string, string> {
  return Object.fromEntries(back?.searchParams ?? []);
}

/** Buys tokens with the code of a redirect; returns what they are good for. */
export async function granted(
  simulator: Simulator,
  {code = ''}: Record<string, string>,
): Promise<{user: string; vehicles: string[]; permissions: string[]}> {
  const form = {grant_type: 'authorization_code', code, redirect_uri: home};
  const {body} = await postForm(simulator, '/oauth/token', form, basic(simulator));
  const ask = sender(simulator, {authorization: `Bearer ${body.access_token}`});
  const vehicles: string[] = (await ask('GET', '/v2.0/vehicles')).body.vehicles;
  const {permissions} = (await ask('GET', `/v2.0/vehicles/${vehicles[0]}/permissions`)).body;
  return {user: (await ask('GET', '/v2.0/user')).body.id, vehicles, permissions};
}
