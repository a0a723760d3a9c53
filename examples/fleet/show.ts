import {setTimeout as sleep} from 'node:timers/promises';
import {styleText} from 'node:util';
import {audit} from './audit.ts';
import {fleetCalls, fleetHandlers, fleetPolicy, type FleetCalls} from './calls.ts';
import {createCrew, type Crew} from './crew.ts';
import {callsFor, GIVEN_UP_AT_MS, WORKERS, type Planned} from './plan.ts';
import {plotOf, type Act} from './plot.ts';
import type {SharedRedis} from './redis.ts';
import type {Screen} from './screen.ts';
import {startSmartcar, type Smartcar} from './smartcar.ts';
import {lineOf, seenBy, tableOf, type Moment} from './table.ts';

export interface Show {
  readonly redis: SharedRedis;
  /** Stands in the names of all keys. */
  readonly run: string;
  readonly screen: Screen;
  readonly stop: AbortSignal;
}

interface Stage extends Show, Pick<Smartcar, 'simulator'> {
  readonly planned: readonly Planned[];
  readonly calls: FleetCalls;
  readonly crew: Crew;
}

/** Plays it to its end, and leaves no process behind. Resolves with the exit code. */
export async function runShow(show: Show): Promise<number> {
  const {redis, run, screen, stop} = show;
  const {simulator, pairs, cars} = await startSmartcar();
  // This process plays the web application: it adds calls, takes owners back, and works on nothing.
  Object.assign(process.env, simulator.env);
  const meeting = {redis: redis.url, run};
  const policy = fleetPolicy(meeting);
  const calls = fleetCalls(policy, meeting, fleetHandlers(), {work: false, patience: 3});
  const reports = new Map<string, number>();
  const crew: Crew = createCrew(meeting, process.env, {
    done: id => reports.set(id, (reports.get(id) ?? 0) + 1),
    gone({name, pid}, how) {
      screen.note(styleText('red', `${name} (pid ${pid}) is gone (${how}); the others take over its calls`));
      if (crew.alive().length > 0) return;
      screen.note('no worker is left: everything waits in Redis until a new one has started');
      void crew.start();
    },
  });
  try {
    const planned = callsFor(cars);
    for (const [user, pair] of pairs) await policy.tokens.save(user, pair);
    await Promise.all(planned.map(({kind, data, id}) => calls.add(kind, data as never, {id})));
    screen.note(`${planned.length} calls for ${cars.length} cars of ${pairs.size} owners wait in Redis`);
    await Promise.all(Array.from({length: WORKERS}, () => crew.start()));
    for (const {name, pid} of crew.members) screen.note(`${name}: pid ${pid}`);

    const plot = plotOf({simulator, policy, crew, screen});
    const all = await played({...show, simulator, planned, calls, crew}, plot);
    if (stop.aborted) return interrupted(show);
    const seen = seenBy(simulator);
    const killed = crew.members.filter(({state}) => state === 'killed').length;
    const {lines, problems} = await audit({planned, calls, simulator, reports, seen});
    await crew.close();
    screen.leave();
    screen.print('', ...lines, '');
    for (const problem of problems) screen.print(styleText('red', problem));
    const good = all && problems.length === 0;
    screen.print(good ? styleText('green', verdict(killed)) : styleText('red', 'Something was lost.'));
    return good ? 0 : 1;
  } finally {
    await crew.killAll();
    await calls.close();
    await policy.close();
    await simulator.close();
  }
}

const verdict = (killed: number): string =>
  killed === 1
    ? 'One worker was killed, and nothing was lost.'
    : `${killed} workers were killed, and nothing was lost.`;

function interrupted({screen}: Show): number {
  screen.note('interrupted: everything ends');
  return 130;
}

const DRAW_EVERY_MS = 500;

/** Draws what there is to see, until every call has come to its end. Resolves with whether all have. */
async function played(stage: Stage, plot: readonly Act[]): Promise<boolean> {
  const {screen, planned, calls, crew, simulator, stop} = stage;
  const began = performance.now();
  const acts = [...plot];
  while (!stop.aborted) {
    const counts = await calls.counts();
    const seen = seenBy(simulator);
    const {members} = crew;
    const moment: Moment = {elapsed: screen.elapsed(), total: planned.length, counts, members, seen};
    screen.show(tableOf(moment), lineOf(moment));
    if (counts.done + counts.dead === planned.length) return true;
    const ms = performance.now() - began;
    if (ms >= GIVEN_UP_AT_MS) return false;
    const [next] = acts;
    if (next && next.atMs <= ms) {
      acts.shift();
      await next.happen();
    }
    await sleep(DRAW_EVERY_MS, undefined, {signal: stop}).catch(() => undefined);
  }
  return false;
}
