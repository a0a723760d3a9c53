import {fork, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import type {Meeting} from './calls.ts';
import type {Report} from './report.ts';

/** A worker process, as its parent knows it. */
export interface Member {
  readonly name: string;
  readonly pid: number;
  state: 'starts' | 'works' | 'killed' | 'ended';
  done: number;
  deferred: number;
  parked: number;
  dead: number;
  refreshed: number;
  /** Calls that it holds back now, and requests that it waits for. */
  waiting: number;
  underWay: number;
}

export interface Crew {
  readonly members: readonly Readonly<Member>[];
  /** Those that are alive. */
  alive(): readonly Readonly<Member>[];
  /** Resolves when it works. */
  start(): Promise<void>;
  /** Without a warning, as a power cut would: the one that sends a command next, else any. The last one is spared. */
  killOne(): Promise<Killed | undefined>;
  /** Has all take no more calls, finish and end. */
  close(): Promise<void>;
  /** Ends all at once. */
  killAll(): Promise<void>;
}

export interface Killed {
  readonly name: string;
  /** It had just sent a command, and had no answer yet. */
  readonly inCommand: boolean;
}

export interface CrewListener {
  readonly done: (id: string) => void;
  readonly gone: (member: Readonly<Member>, signal: string) => void;
}

/** Between what a worker says and the kill: the request is on its way then, its answer is not. */
const ON_ITS_WAY_MS = 25;
const PATIENCE_MS = 1_000;
const FAREWELL_MS = 8_000;

const SCRIPT = fileURLToPath(new URL('worker.ts', import.meta.url));

export function createCrew(meeting: Meeting, env: NodeJS.ProcessEnv, listener: CrewListener): Crew {
  const members: Member[] = [];
  const processes = new Map<Member, ChildProcess>();
  let commandSent: ((member: Member) => void) | undefined;
  let closing = false;

  function hear(member: Member, report: Report): void {
    if (report.did === 'ready') member.state = 'works';
    else if (report.did === 'sends-command') commandSent?.(member);
    else if (report.did === 'holds') {
      member.waiting = report.waiting;
      member.underWay = report.underWay;
    } else {
      member[report.did] += 1;
      if (report.did === 'done') listener.done(report.id);
    }
  }

  function gone(member: Member, signal: NodeJS.Signals | null, code: number | null): void {
    processes.delete(member);
    member.state = closing && signal === null ? 'ended' : 'killed';
    member.waiting = member.underWay = 0;
    if (!closing) listener.gone(member, signal ?? `exit code ${code}`);
  }

  const alive = (): readonly Member[] => members.filter(member => processes.has(member));
  const ends = (): Promise<unknown> => Promise.all([...processes.values()].map(one => once(one, 'exit')));
  const killThem = (): void => processes.forEach(one => one.kill('SIGKILL'));

  return {
    members,
    alive,
    async start() {
      const child = fork(SCRIPT, [JSON.stringify(meeting)], {env});
      const member: Member = {
        name: `worker ${members.length + 1}`,
        pid: child.pid ?? 0,
        state: 'starts',
        done: 0,
        deferred: 0,
        parked: 0,
        dead: 0,
        refreshed: 0,
        waiting: 0,
        underWay: 0,
      };
      members.push(member);
      processes.set(member, child);
      child.on('message', report => hear(member, report as Report));
      child.once('exit', (code, signal) => gone(member, signal, code));
      // The first thing that it says is that it is ready; one that is killed before says nothing.
      await Promise.race([once(child, 'message'), once(child, 'exit')]);
    },
    async killOne() {
      const {promise, resolve} = Promise.withResolvers<Member | undefined>();
      commandSent = resolve;
      const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
      const sender = await promise;
      commandSent = undefined;
      clearTimeout(timer);
      await sleep(ON_ITS_WAY_MS);
      const victim = sender ?? alive()[0];
      if (!victim || alive().length < 2 || !processes.get(victim)?.kill('SIGKILL')) return undefined;
      return {name: victim.name, inCommand: victim === sender};
    },
    async close() {
      closing = true;
      const timer = setTimeout(killThem, FAREWELL_MS);
      const all = ends();
      for (const one of processes.values()) one.send('close', () => undefined);
      await all;
      clearTimeout(timer);
    },
    async killAll() {
      closing = true;
      const all = ends();
      killThem();
      await all;
    },
  };
}
