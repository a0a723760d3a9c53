import {buildWorld, routesOf} from './build.ts';
import {render} from './errors/envelopes.ts';
import type {Call, Outcome} from './http/answer.ts';
import {faces} from './http/faces.ts';
import {createHandling} from './http/handling.ts';
import {callOf} from './http/request.ts';
import {isFault} from './http/answer.ts';
import {resolveOptions} from './options.ts';
import type {SimulatorOptions} from './types.ts';
import type {Face, World} from './world.ts';

/** A request that has arrived. */
export interface Arrival {
  readonly call: Call;
  /** Whether it would change something. */
  readonly command: boolean;
  /** What there is to say to it now: limits are drawn from, no car is changed yet. */
  readonly handle: () => Outcome;
  /** Lets an outcome take effect, and writes it as the API that was asked does. */
  readonly answer: (outcome: Outcome) => Response;
}

/** The rules of the simulator without a socket: whoever carries a request decides when it is handled and answered. */
export interface SmartcarInMemory {
  readonly world: World;
  /** Takes what `fetch` would. Rejects for a host that is not Smartcar's. */
  readonly receive: (input: string | URL | Request, init?: RequestInit) => Promise<Arrival>;
}

/** `origins`: under which names its hosts are known. No scripts, no journal, no webhooks, no control. */
export function smartcarInMemory(
  options: Pick<SimulatorOptions, 'seed' | 'clock' | 'tokens' | 'limits' | 'clientId' | 'clientSecret'>,
  origins: Readonly<Record<Face, string>>,
): SmartcarInMemory {
  const built = buildWorld(resolveOptions(options), face => origins[face], new AbortController().signal);
  const {world} = built;
  const handling = createHandling(routesOf(built, 'nobody'));

  function hostOf(url: string): Face {
    const face = faces.find(one => url.startsWith(`${origins[one]}/`));
    if (face === undefined)
      throw new TypeError(`Expected a URL of ${Object.values(origins).join(', ')}, got ${url}`);
    return face;
  }

  return {
    world,
    async receive(input, init = {}) {
      const request = input instanceof Request ? input : undefined;
      const url = input instanceof Request ? input.url : input.toString();
      const face = hostOf(url);
      const text = await textOf(request, init);
      const call = callOf(
        {
          method: init.method ?? request?.method ?? 'GET',
          target: url.slice(origins[face].length),
          headers: Object.fromEntries(headersOf(request, init, text)),
          text,
        },
        face,
        world.dice,
      );
      const {command, handle} = handling.find(call, face);
      return {call, command, handle, answer: outcome => answer(outcome, call)};
    },
  };
}

async function textOf(request: Request | undefined, {body}: RequestInit): Promise<string> {
  if (typeof body === 'string') return body;
  if (body !== undefined && body !== null) return new Response(body).text();
  return request?.body ? request.clone().text() : '';
}

function headersOf(request: Request | undefined, init: RequestInit, text: string): Headers {
  const headers = new Headers(init.headers ?? request?.headers);
  // As `fetch` would say of itself.
  if (init.body instanceof URLSearchParams && !headers.has('content-type'))
    headers.set('content-type', 'application/x-www-form-urlencoded;charset=UTF-8');
  if (typeof init.body === 'string' && text !== '' && !headers.has('content-type'))
    headers.set('content-type', 'text/plain;charset=UTF-8');
  return headers;
}

function answer(outcome: Outcome, call: Call): Response {
  if (!isFault(outcome)) outcome.commit?.();
  const {status, headers, body} = render(outcome, call);
  return new Response(call.method === 'HEAD' ? undefined : body, {status, headers});
}
