import type {Tokens} from '../../../src/ports.ts';
import type {ManualClock} from '../../../src/testing/manual-clock.ts';
import {NEVER_AGAIN, POSSIBLE_EFFECT, type Answer, type Ending, type Fate} from './fate.ts';
import {OwnersTold} from './owners-told.ts';
import {answerOf, broken, brokenStream, problem, REAUTH} from './wire.ts';

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
  readonly #shut = new Map<string, {readonly since: number; readonly until: number}>();
  readonly #fates = new Map<string, readonly Fate[]>();
  readonly #played = new Map<string, {readonly ends: Ending; readonly tookMs: number}[]>();
  readonly revoked: Set<string> = new Set();
  readonly told: OwnersTold;
  /** Whether an access token has been stored. */
  isSafe: (accessToken: string) => boolean = () => true;
  /** Whether the store has been slow so far. */
  isSlow: () => boolean = () => false;
  #asked = 0;
  #asking = 0;
  #made = 0;

  constructor(clock: ManualClock, version: '2' | '3', answers: readonly Answer[]) {
    this.#clock = clock;
    this.#version = version;
    this.#answers = answers;
    this.told = new OwnersTold(this.wrongs, clock);
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
    this.#shut.clear();
  }

  /** How the last attempt of a call has ended; `undefined` where it has not, or was shared. */
  lastOf(call: string): Ending | undefined {
    return this.#played.get(call)?.at(-1)?.ends;
  }

  meets(call: string, fates: readonly Fate[]): void {
    this.#fates.set(call, fates);
  }

  /** The network as one process has it: what was told to others, it does not know. */
  fetchOf(era: number): typeof fetch {
    return async (input, init = {}) => {
      const url = new URL(input instanceof Request ? input.url : input);
      if (!url.hostname.endsWith('.smartcar.com')) this.wrongs.push(`${url.href} was asked`);
      return url.pathname.endsWith('/token') ? this.#token(init, era) : this.#api(url, init, era);
    };
  }

  async #token(init: RequestInit, era: number): Promise<Response> {
    const answer = this.#answers[this.#asked++] ?? 'pair';
    const given = new URLSearchParams(init.body as URLSearchParams).get('refresh_token');
    const used = given === null ? undefined : this.#refresh.get(given);
    if (this.#version === '2' && !used) this.wrongs.push(`an unknown refresh token was sent: ${given}`);
    if (this.#version === '3' && this.#asking > 0) this.wrongs.push('two token requests at once');
    if (used?.state === 'under way' || used?.state === 'delivered')
      this.wrongs.push(`${given} was sent again while it was ${used.state}`);
    // A renewal that has begun waits for its lock and its store, and for nothing that others hear meanwhile.
    if (!this.isSlow()) this.#notEarly(era, 'the token endpoint');
    this.#asking += 1;
    if (used) used.state = 'under way';
    try {
      return await this.#answered(answer, used, era);
    } finally {
      this.#asking -= 1;
      // Others wait for it: whoever leaves leaves alone.
      if (init.signal?.aborted) this.wrongs.push('a refresh was given up');
    }
  }

  async #answered(answer: Answer, used: Refresh | undefined, era: number): Promise<Response> {
    const end = (state: Refresh['state']): void => {
      if (used) used.state = state;
    };
    if (answer === 'unreachable') {
      end('refused');
      throw broken('ECONNREFUSED');
    }
    await this.#clock.sleep(answer === 'slow' ? 7_000 : 100);
    const now = this.#clock.monotonic();
    // Whatever it says: that it is down is no reason to send anybody away.
    if (answer === 'down') return (end('refused'), Response.json({error: 'invalid_grant'}, {status: 503}));
    if (answer === 'redirect') {
      end('refused');
      return new Response(null, {status: 307, headers: {location: 'https://elsewhere.example/oauth/token'}});
    }
    if (answer === 'limited') {
      end('refused');
      this.#tell(`${era} the token endpoint`, 5_000);
      return Response.json({error: 'slow_down'}, {status: 429, headers: {'retry-after': '5'}});
    }
    const spent = used?.usedAt !== undefined && now > used.usedAt + GRACE_MS;
    if (this.#version === '2' && (answer === 'dead' || spent)) {
      end('refused');
      this.told.sentAway.add(used?.owner ?? '');
      return Response.json({error: 'invalid_grant'}, {status: 400});
    }
    const {accessToken, refreshToken} = this.grant(used?.owner ?? 'application');
    if (used) used.usedAt ??= now;
    if (answer === 'lost') {
      end('lost');
      throw broken('UND_ERR_SOCKET');
    }
    if (answer === 'html') return (end('lost'), new Response('<html>', {status: 200}));
    if (answer === 'broken')
      return (end('lost'), new Response(brokenStream('{"access_token":"'), {status: 200}));
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
    if (!this.isSafe(token)) this.wrongs.push('a token was used before it was stored');
    // What is redirected has been asked before.
    if (!url.pathname.endsWith('/elsewhere')) this.told.asked(owner, car, era);
    for (const scope of ['application', car]) this.#notEarly(era, scope);
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
    if (call !== '' && before && NEVER_AGAIN.has(before.ends) && before.tookMs < ATTEMPT_TIMEOUT_MS)
      this.wrongs.push(`a call was repeated after ${before.ends}`);
    const fate = this.#fates.get(call)?.[played.length] ?? {tookMs: 100, ends: 'success', told: undefined};
    const refused = !known || known.endsAt <= now;
    const away = this.revoked.has(owner);
    if (!refused) played.push(away ? {...fate, ends: 'noPermission'} : fate);
    if (fate.tookMs > 0) await this.#clock.sleep(fate.tookMs, signal ?? undefined);
    signal?.throwIfAborted();
    if (fate.tookMs > ATTEMPT_TIMEOUT_MS) this.wrongs.push('an attempt took longer than it may');
    if (refused) return problem(401, 'AUTHENTICATION', null);
    if (away || fate.ends === 'noPermission') this.told.sentAway.add(owner);
    if (away) return problem(400, 'CONNECTED_SERVICES_ACCOUNT', 'AUTHENTICATION_FAILED', REAUTH);
    return this.#ending(fate, car, token, era, method !== 'GET');
  }

  #ending({ends, told}: Fate, car: string, token: string, era: number, command: boolean): Response {
    if (told !== undefined && ends.endsWith('Limit'))
      this.#tell(`${era} ${ends === 'applicationLimit' ? 'application' : car}`, told * 1_000);
    if (ends === 'tokenGone')
      this.#access.set(token, {owner: this.#access.get(token)?.owner ?? '', endsAt: 0});
    return answerOf(ends, {car, token, told, command});
  }

  #notEarly(era: number, scope: string): void {
    const now = this.#clock.monotonic();
    const shut = this.#shut.get(`${era} ${scope}`);
    if (shut && now > shut.since && now < shut.until)
      this.wrongs.push(`sent ${shut.until - now} ms before the time told for ${scope}`);
  }

  #tell(scope: string, ms: number): void {
    const now = this.#clock.monotonic();
    this.#shut.set(scope, {since: now, until: Math.max(this.#shut.get(scope)?.until ?? 0, now + ms)});
  }
}
