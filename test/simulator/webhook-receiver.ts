import {createHmac} from 'node:crypto';
import {type IncomingHttpHeaders, createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {expect, onTestFinished, vi} from 'vitest';
import type {
  OwnerSpec,
  Simulator,
  SimulatorOptions,
  Webhook,
  WebhookSpec,
} from '../../src/simulator/index.ts';
import {start} from './harness.ts';

/** One request to the receiver. */
export interface Received {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test asserts on what it reads
  readonly body: any;
}

/** What the receiver answers; `hang` for nothing at all. */
export type Reply =
  | 'hang'
  | {
      readonly status?: number;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    };

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Waits for so many requests. */
  readonly got: (count: number) => Promise<void>;
}

export const managementToken = 'simulator-management-token';

export function hmac(text: string, key: string = managementToken): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** The right answer to a challenge, and 200 to all else. */
export function wellBehaved({body}: Received): Reply {
  const challenge = body?.data?.challenge ?? body?.payload?.challenge;
  return challenge === undefined ? {} : {body: JSON.stringify({challenge: hmac(challenge)})};
}

/** A product's server, closed with the test. */
export async function receive(reply: (request: Received) => Reply = wellBehaved): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8');
      const one = {method: request.method ?? '', headers: request.headers, raw, body: JSON.parse(raw)};
      received.push(one);
      const answer = reply(one);
      if (answer === 'hang') return;
      response.writeHead(answer.status ?? 200, answer.headers);
      response.end(answer.body);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    got: count => until(() => expect(received).toHaveLength(count)),
  };
}

/** Shorter than the default where a second more would hide that something came late. */
export function until(check: () => void, timeoutMs = 5000): Promise<void> {
  return vi.waitFor(check, {interval: 1, timeout: timeoutMs});
}

/** A webhook without a challenge, at a receiver of its own. */
export async function hooked(
  simulator: Simulator,
  spec: Partial<WebhookSpec> = {},
  reply?: (request: Received) => Reply,
): Promise<Receiver & {readonly webhook: Webhook}> {
  const receiver = await receive(reply);
  const webhook = await simulator.webhooks.add({url: receiver.url, verify: false, ...spec});
  return {...receiver, webhook};
}

/** An error to send about the car of `simulatorWithCar`. */
export const asleep = {vehicle: 'car', error: 'VEHICLE_STATE:ASLEEP'} as const;

/** A simulator with one car, whose model takes more bytes than letters. */
export async function simulatorWithCar(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await start(options);
  simulator.addOwner({id: 'ada', vehicles: [{id: 'car', model: 'Modèle 3 – “long”'}]});
  return simulator;
}

/** A simulator with one owner, and a webhook for all their cars. */
export async function hookedOwner(
  spec: OwnerSpec = {},
): Promise<Awaited<ReturnType<typeof hooked>> & {readonly simulator: Simulator}> {
  const simulator = await start();
  simulator.addOwner({id: 'ada', vehicles: [{id: 'car'}], ...spec});
  return {simulator, ...(await hooked(simulator))};
}

export function codesOf(items: readonly {readonly code: string}[]): string[] {
  return items.map(({code}) => code);
}
