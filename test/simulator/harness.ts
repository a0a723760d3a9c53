import {onTestFinished} from 'vitest';
import {
  type Owner,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../src/simulator/index.ts';

/** A simulator that is closed with the test, on a clock that only `advance` moves. */
export async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({clock: {now: () => noon}, ...options});
  onTestFinished(() => simulator.close());
  return simulator;
}

/** Where the standing clock stands. */
export const noon: number = Date.parse('2026-06-01T12:00:00.250Z');

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test asserts on what it reads
  readonly body: any;
}

export type Send = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** Sends JSON, reads JSON (or the text, where it is none). */
export function sender(simulator: Simulator, headers: Record<string, string>): Send {
  return async (method, path, body, more = {}) => {
    const response = await fetch(simulator.origin + path, {
      method,
      redirect: 'manual',
      headers: {...headers, ...(body === undefined ? {} : {'content-type': 'application/json'}), ...more},
      ...(body === undefined ? {} : {body: typeof body === 'string' ? body : JSON.stringify(body)}),
    });
    return {status: response.status, headers: response.headers, body: parse(await response.text())};
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** One owner, one car, a v2 token, and a way to use it. */
export function v2Owner(
  simulator: Simulator,
  spec?: Parameters<Simulator['addOwner']>[0],
): {owner: Owner; vehicle: string; tokens: ReturnType<Simulator['grant']>; send: Send} {
  const owner = simulator.addOwner(spec);
  const tokens = simulator.grant(owner.id);
  const vehicle = owner.vehicles[0]?.id ?? '';
  return {owner, vehicle, tokens, send: sender(simulator, {authorization: `Bearer ${tokens.accessToken}`})};
}

/** The same on v3. */
export async function v3Owner(
  simulator: Simulator,
  spec?: Parameters<Simulator['addOwner']>[0],
): Promise<{owner: Owner; vehicle: string; token: string; send: Send}> {
  const owner = simulator.addOwner(spec);
  const vehicle = owner.vehicles[0]?.id ?? '';
  const token = await applicationToken(simulator);
  return {
    owner,
    vehicle,
    token,
    send: sender(simulator, {authorization: `Bearer ${token}`, 'sc-user-id': owner.id}),
  };
}

export async function applicationToken(simulator: Simulator): Promise<string> {
  const answer = await postForm(simulator, '/oauth2/token', {
    grant_type: 'client_credentials',
    client_id: simulator.env['SMARTCAR_CLIENT_ID'] ?? '',
    client_secret: simulator.env['SMARTCAR_CLIENT_SECRET'] ?? '',
  });
  return String(answer.body.access_token);
}

export async function postForm(
  simulator: Simulator,
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(simulator.origin + path, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  });
  return {status: response.status, headers: response.headers, body: parse(await response.text())};
}

export function basic(simulator: Simulator): Record<string, string> {
  const {SMARTCAR_CLIENT_ID: id, SMARTCAR_CLIENT_SECRET: secret} = simulator.env;
  return {authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`};
}

export function refresh(simulator: Simulator, refreshToken: string): Promise<Answer> {
  return postForm(
    simulator,
    '/oauth/token',
    {grant_type: 'refresh_token', refresh_token: refreshToken},
    basic(simulator),
  );
}

export interface Lockable extends Awaited<ReturnType<typeof v3Owner>> {
  readonly simulator: Simulator;
  readonly lock: (init?: RequestInit) => Promise<Response>;
  readonly carriedOut: () => number;
}

/** A car of v3, a command to send to it, and how often it was obeyed. */
export async function lockable(): Promise<Lockable> {
  const simulator = await start();
  const v3 = await v3Owner(simulator);
  const headers = {authorization: `Bearer ${v3.token}`, 'sc-user-id': v3.owner.id};
  const url = `${simulator.origin}/v3/vehicles/${v3.vehicle}/commands/security/lock`;
  const lock = (init: RequestInit = {}) => fetch(url, {method: 'POST', headers, ...init});
  return {simulator, ...v3, lock, carriedOut: () => simulator.commandCount(v3.vehicle, 'lock')};
}
