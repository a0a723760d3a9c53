import type {Tokens} from '../../../src/ports.ts';
import type {ManualClock} from '../../../src/testing/manual-clock.ts';
import {POSSIBLE_EFFECT, type Answer, type Ending, type Fate} from './fate.ts';

const RETRY_LATER = {resolution: {type: 'RETRY_LATER'}};
const HOUR_MS = 3_600_000;
/** So long a refresh token that was used is taken again. */
const GRACE_MS = 60_000;
export const ATTEMPT_TIMEOUT_MS = 30_000;

interface Access {
  readonly owner: string;
  /** By the monotonic clock: nobody can set that. */
  readonly endsAt: number;
}

interface Refresh {
  readonly owner: string;
  state: 'fresh' | 'under way' | 'delivered' | 'lost' | 'refused';
  usedAt?: number;
}

/** The network, and behind it a Smartcar that notices whatever must never happen. */
export class FakeSmartcar {
  readonly wrongs: string[] = [];
  sent = 0;
  readonly #clock: ManualClock;
  readonly #version: '2' | '3';
  #answers: readonly Answer[];
  readonly #access = new Map<string, Access>();
  readonly #refresh = new Map<string, Refresh>();
  readonly #told = new Map<string, {readonly since: number; readonly until: number}>();
  readonly #fates = new Map<string, readonly Fate[]>();
  readonly #played = new Map<string, {readonly ends: Ending; readonly tookMs: number}[]>();
  readonly revoked: Set<string> = new Set();
  #asked = 0;
  #asking = 0;
  #made = 0;

  constructor(clock: ManualClock, version: '2' | '3', answers: readonly Answer[]) {
    this.#clock = clock;
    this.#version = version;
    this.#answers = answers;
  }

  /** A pair from Connect. */
  grant(owner: string, lifeMs: number = HOUR_MS): Tokens {
    const number = ++this.#made;
    const [accessToken, refreshToken] = [`access-${owner}-${number}`, `refresh-${owner}-${number}`];
    this.#access.set(accessToken, {owner, endsAt: this.#clock.monotonic() + lifeMs});
    this.#refresh.set(refreshToken, {owner, state: 'fresh'});
    return {accessToken, refreshToken, accessExpiresAt: this.#clock.now() + lifeMs};
  }

  /** From now on nothing is amiss. */
  heals(): void {
    this.#answers = [];
    this.#told.clear();
  }

  meets(call: string, fates: readonly Fate[]): void {
    this.#fates.set(call, fates);
  }

  /** The network as one process has it: what was told to others, it does not know. */
  fetchOf(era: number): typeof fetch {
    return async (input, init = {}) => {
      const url = new URL(input instanceof Request ? input.url : input);
      return url.pathname.endsWith('/token') ? this.#token(init) : this.#api(url, init, era);
    };
  }

  async #token(init: RequestInit): Promise<Response> {
    const answer = this.#answers[this.#asked++] ?? 'pair';
    const given = new URLSearchParams(init.body as URLSearchParams).get('refresh_token');
    const used = given === null ? undefined : this.#refresh.get(given);
    if (this.#version === '2' && !used) this.wrongs.push(`an unknown refresh token was sent: ${given}`);
    if (this.#version === '3' && this.#asking > 0) this.wrongs.push('two token requests at once');
    if (used?.state === 'under way' || used?.state === 'delivered')
      this.wrongs.push(`${given} was sent again while it was ${used.state}`);
    this.#asking += 1;
    if (used) used.state = 'under way';
    try {
      return await this.#answered(answer, used);
    } finally {
      this.#asking -= 1;
    }
  }

  async #answered(answer: Answer, used: Refresh | undefined): Promise<Response> {
    const end = (state: Refresh['state']): void => {
      if (used) used.state = state;
    };
    if (answer === 'unreachable') {
      end('refused');
      throw broken('ECONNREFUSED');
    }
    await this.#clock.sleep(answer === 'slow' ? 7_000 : 100);
    const now = this.#clock.monotonic();
    if (answer === 'down') return (end('refused'), Response.json({error: 'server_error'}, {status: 503}));
    const spent = used?.usedAt !== undefined && now > used.usedAt + GRACE_MS;
    if (this.#version === '2' && (answer === 'dead' || spent))
      return (end('refused'), Response.json({error: 'invalid_grant'}, {status: 400}));
    const {accessToken, refreshToken} = this.grant(used?.owner ?? 'application');
    if (used) used.usedAt ??= now;
    if (answer === 'lost') {
      end('lost');
      throw broken('UND_ERR_SOCKET');
    }
    if (answer === 'html') return (end('lost'), new Response('<html>', {status: 200}));
    end('delivered');
    const pair = {access_token: accessToken, token_type: 'bearer', expires_in: HOUR_MS / 1_000};
    return Response.json(this.#version === '2' ? {...pair, refresh_token: refreshToken} : pair);
  }

  async #api(url: URL, init: RequestInit, era: number): Promise<Response> {
    const {method = 'GET', signal} = init;
    const headers = new Headers(init.headers);
    this.sent += 1;
    const now = this.#clock.monotonic();
    const car = /vehicles\/([^/]+)/.exec(url.pathname)?.[1] ?? '';
    const owner = car.split('-')[0] ?? '';
    const token = headers.get('authorization')?.replace('Bearer ', '') ?? '';
    const known = this.#access.get(token);
    const expected = this.#version === '2' ? owner : 'application';
    if (known && known.owner !== expected) this.wrongs.push(`the token of ${known.owner} went to ${owner}`);
    if (!known) this.wrongs.push(`a token that nobody was given: ${token}`);
    if (this.#version === '3' && headers.get('sc-user-id') !== owner)
      this.wrongs.push('another user was named');
    for (const scope of ['application', car]) {
      const told = this.#told.get(`${era} ${scope}`);
      if (told && now > told.since && now < told.until)
        this.wrongs.push(`sent ${told.until - now} ms before the time told for ${scope}`);
    }
    const call = headers.get('x-call') ?? '';
    const played = this.#played.get(call) ?? [];
    this.#played.set(call, played);
    const before = played.at(-1);
    if (
      method !== 'GET' &&
      before &&
      (POSSIBLE_EFFECT.has(before.ends) || before.tookMs >= ATTEMPT_TIMEOUT_MS)
    )
      this.wrongs.push(`a command was repeated after ${before.ends}`);
    const fate = this.#fates.get(call)?.[played.length] ?? {tookMs: 100, ends: 'success', told: undefined};
    const refused = !known || known.endsAt <= now;
    const away = this.revoked.has(owner);
    if (!refused) played.push(away ? {...fate, ends: 'noPermission'} : fate);
    if (fate.tookMs > 0) await this.#clock.sleep(fate.tookMs, signal ?? undefined);
    signal?.throwIfAborted();
    if (refused) return problem(401, 'AUTHENTICATION', null);
    if (away) return problem(400, 'CONNECTED_SERVICES_ACCOUNT', 'AUTHENTICATION_FAILED', REAUTH);
    return this.#ending(fate, car, token, era);
  }

  #ending({ends, told}: Fate, car: string, token: string, era: number): Response {
    const after = told === undefined ? {} : {'retry-after': String(told)};
    if (told !== undefined && ends.endsWith('Limit'))
      this.#tell(`${era} ${ends === 'applicationLimit' ? 'application' : car}`, told * 1_000);
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
        this.#access.set(token, {owner: this.#access.get(token)?.owner ?? '', endsAt: 0});
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
      case 'unreachable':
        throw broken('ECONNREFUSED');
      case 'droppedBefore':
      case 'droppedAfter':
        throw broken(ends === 'droppedBefore' ? 'EPIPE' : 'UND_ERR_SOCKET');
    }
  }

  #tell(scope: string, ms: number): void {
    const now = this.#clock.monotonic();
    this.#told.set(scope, {since: now, until: Math.max(this.#told.get(scope)?.until ?? 0, now + ms)});
  }
}

const REAUTH = {resolution: {type: 'REAUTHENTICATE'}};

const broken = (code: string): Error =>
  new TypeError('fetch failed', {cause: Object.assign(new Error('socket'), {code})});

function brokenStream(): ReadableStream {
  return new ReadableStream({
    pull(controller) {
      controller.error(new Error('reset'));
    },
  });
}

function problem(
  status: number,
  type: string,
  code: string | null,
  more: object = {},
  headers: Record<string, string> = {},
): Response {
  return Response.json({type, code, statusCode: status, description: 'words', ...more}, {status, headers});
}
