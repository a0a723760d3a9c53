import type {GateChange, GateNews, Member, PeerLink, SharedRate, TurnRequest, Turns} from '../ports.ts';
import type {RedisClient} from './client.ts';
import type {Losses} from './losses.ts';
import type {News} from './news.ts';
import type {StoreParts} from './pairs.ts';
import {probeLeases} from './probes.ts';
import {rateTurns} from './rate.ts';
import {free, known, take, tell} from './scripts/gates.ts';

/** A scope that nobody came to for so long needs no probe any more, wherever. */
const FORGOTTEN_MS = 600_000;
/** Nobody waits longer for a turn: then what the process knows has to do. */
const PATIENCE_MS = 1_000;
/** What could not be told is told again after so long, and when the line is up. */
const RETRY_MS = 1_000;
/** Gates are read in parts. */
const PAGE = 1_000;
/** The oldest goes first. */
const MOST_UNTOLD = 10_000;

export interface LinkParts extends StoreParts {
  readonly client: RedisClient;
  readonly prefix: string;
  /** This process. */
  readonly self: string;
  readonly news: News;
  readonly losses: Losses;
  /** What it has in common with the store: whoever has another store closes that one alone. */
  readonly close: () => Promise<void>;
}

interface Untold {
  readonly change: GateChange;
  readonly news: GateNews;
  readonly at: number;
}

/** A line, and what reads all that was missed while it was down. */
export interface RedisLine {
  readonly link: PeerLink;
  readonly catchUp: () => Promise<void>;
}

/** The line to the other processes: gates, and the turns behind them. */
export function redisLink(parts: LinkParts, member: Member, rate: SharedRate | undefined): RedisLine {
  const {client, connection, keys, worded, prefix, self, news, losses} = parts;
  const {run} = connection;
  const base = keys.gates;
  const probes = probeLeases(run, base, self);
  const rates = rate && rateTurns(client, prefix, rate);
  const untold = new Map<string, Untold>();
  let retrying: NodeJS.Timeout | undefined;

  async function send(change: GateChange, told: GateNews): Promise<void> {
    const {key, restMs, pace} = told;
    const passed = told.passed ? 1 : 0;
    const intervalMs = pace?.intervalMs ?? 0;
    const keptMs = Math.ceil(restMs + Math.max(FORGOTTEN_MS, 2 * restMs, 2 * intervalMs));
    const message = worded({t: 'gate', of: [change, told]});
    const {restMs: _rest, ...lasting} = told;
    const what = [key, change, Math.ceil(restMs), JSON.stringify(lasting), keptMs];
    await run(tell, [base], [...what, keys.channel, message, intervalMs, pace?.size ?? 1, passed]);
  }

  function keepUntold(change: GateChange, told: GateNews): void {
    if (untold.size >= MOST_UNTOLD) untold.delete(untold.keys().next().value ?? told.key);
    untold.set(told.key, {change, news: told, at: performance.now()});
    retrying ??= setTimeout(() => {
      retrying = undefined;
      tellUntold();
    }, RETRY_MS).unref();
  }

  async function tellOnce(change: GateChange, told: GateNews): Promise<void> {
    const began = performance.now();
    try {
      await send(change, told);
      // What could not be told before this is of no use any more.
      if ((untold.get(told.key)?.at ?? Infinity) <= began) untold.delete(told.key);
    } catch {
      keepUntold(change, told);
    }
  }

  function tellLater(change: GateChange, told: GateNews): void {
    if (change === 'closed' || change === 'passed') probes.drop(told.key);
    void tellOnce(change, told);
  }

  function tellUntold(): void {
    const all = [...untold.values()];
    untold.clear();
    for (const {change, news: told, at} of all) {
      const restMs = Math.max(0, told.restMs - (performance.now() - at));
      tellLater(change, {...told, restMs});
    }
  }

  async function readGates(): Promise<void> {
    const scopes = await connection.read(redis => redis.zrange(`${base}known`, '0', '-1'));
    for (let from = 0; from < scopes.length; from += PAGE) {
      const gates = await run(known, [base], scopes.slice(from, from + PAGE));
      for (const [restMs, passed, text] of gates as readonly (readonly [string, string, string])[])
        heard(Number(restMs), passed === '1', text);
    }
  }

  function heard(restMs: number, passed: boolean, text: string): void {
    const told = readNews(text);
    if (!told) return;
    if (restMs > 0 || !passed) member.gate('closed', {...told, restMs, passed});
    else if (told.pace) member.gate('paced', {...told, restMs, passed});
  }

  async function catchUp(): Promise<void> {
    await losses.check();
    await readGates();
    await member.reread();
    tellUntold();
  }

  /** The rate first: who lacks it must not keep a probe from others, nor wake them with a turn that comes back. */
  async function turnsFor(request: TurnRequest): Promise<Turns> {
    const {probe, pace, wanted} = request;
    const rated = rates && request.rate ? await withinPatience(rates.take(wanted)) : undefined;
    if (rated?.given === 0 || (!probe && !pace)) return rated ?? {given: wanted, againInMs: 0};
    const turns = await ofGate(request);
    const left = (rated?.given ?? 0) - turns.given;
    if (left > 0) rates?.giveBack(left).catch(() => undefined);
    return turns;
  }

  async function ofGate({key, probe, patient, pace}: TurnRequest): Promise<Turns> {
    const args = [key, self, probe ? probes.leaseMs : 0, pace?.intervalMs ?? 0, pace?.size ?? 1];
    const answer = (await run(take, [base], args, PATIENCE_MS)) as [0 | 1, number, 1?];
    const [given, againInMs, certain] = answer;
    if (given === 0) return {given, againInMs: Math.max(1, againInMs), ...(certain && {certain: true})};
    if (probe && patient) probes.hold(key);
    return {given, againInMs: 0};
  }

  function giveBack({key, probe, pace, rate: rated}: TurnRequest, turns: number): void {
    if (rated) rates?.giveBack(turns).catch(() => undefined);
    if (!probe && !pace) return;
    probes.drop(key);
    const message = worded({t: 'free', of: [key]});
    run(free, [base], [key, self, pace?.intervalMs ?? 0, keys.channel, message], PATIENCE_MS).catch(
      () => undefined,
    );
  }

  const link: PeerLink = {
    get current() {
      return news.current;
    },
    sync: () => news.sync(),
    tell: tellLater,
    async take(request) {
      const all = {given: request.wanted, againInMs: 0};
      if (!connection.up) return all;
      return turnsFor(request).catch(() => all);
    },
    giveBack,
    probeOver(key) {
      giveBack({key, probe: true, rate: false, patient: false, wanted: 1}, 1);
    },
    async close() {
      probes.dropAll();
      clearTimeout(retrying);
      untold.clear();
      await Promise.all([rates?.close(), parts.close()]);
    },
  };
  return {link, catchUp};
}

/** `undefined` for what another version has written. */
function readNews(text: string): Omit<GateNews, 'restMs'> | undefined {
  try {
    const news = JSON.parse(text) as Omit<GateNews, 'restMs'>;
    return typeof news.key === 'string' ? news : undefined;
  } catch {
    return undefined;
  }
}

async function withinPatience<T>(promise: Promise<T>): Promise<T> {
  const {promise: late, reject} = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer')), PATIENCE_MS);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
