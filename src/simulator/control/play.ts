import type {SimulatedTime} from '../clock.ts';
import type {Playing, PlayedOwner, Simulator} from '../types.ts';
import type {WebhookSpec} from '../webhooks/types.ts';
import {divideScenario, readScenario} from './read-scenario.ts';
import type {Actions, Scenario, Step} from './scenario.ts';
import type {PassingLine} from './script-shapes.ts';

/** What playing takes besides the simulator. */
export interface Stage {
  readonly time: SimulatedTime;
  /** Aborted when the simulator closes. */
  readonly closing: AbortSignal;
}

/** Something that is to happen, and where the scenario says so. */
interface Happening {
  readonly atMs: number;
  readonly where: string;
  readonly happen: () => void;
}

/** Applies a scenario: what it begins with at once, its steps when their time has come. */
export function play(simulator: Simulator, given: Scenario, {time, closing}: Stage): Playing {
  const scenario = readScenario(given);
  refuseWhatComesTooLate(scenario, simulator.seed);
  const stopping = new AbortController();
  const signal = AbortSignal.any([closing, stopping.signal]);
  const takeBacks: (() => void)[] = [];
  const happenings: Happening[] = [];
  let state: Playing['state'] = 'playing';
  let problem: string | undefined;

  function stop(): void {
    if (state === 'playing') state = 'stopped';
    stopping.abort();
    for (const takeBack of takeBacks) takeBack();
  }

  function lay({match, reply, forMs}: PassingLine): () => void {
    const standing = forMs !== undefined && match.times === undefined;
    const takeBack = simulator.next(standing ? {...match, times: Infinity} : match, reply);
    takeBacks.push(takeBack);
    return takeBack;
  }

  /** Plans the end of a line that passes, counted from its own time; returns what lays it down. */
  function plan(line: PassingLine, atMs: number, where: string): () => void {
    const laid: (() => void)[] = [];
    if (line.forMs !== undefined) {
      happenings.push({atMs: atMs + line.forMs, where, happen: () => laid[0]?.()});
    }
    return () => void laid.push(lay(line));
  }

  const owners: PlayedOwner[] = [];
  const webhooks: Promise<unknown>[] = [];
  try {
    if (scenario.limits !== undefined) simulator.setLimits(scenario.limits);
    for (const [index, {grant, ...spec}] of (scenario.owners ?? []).entries()) {
      inPlace(`owners[${index}]`, () => {
        const owner = simulator.addOwner(spec);
        if (grant === undefined) return owners.push(owner);
        const tokens = simulator.grant(owner.id, grant === true ? {} : grant);
        return owners.push({...owner, tokens});
      });
    }
    for (const [index, line] of (scenario.script ?? []).entries()) {
      const where = `script[${index}]`;
      inPlace(where, plan(line, 0, where));
    }
    for (const [index, access] of (scenario.revoke ?? []).entries()) {
      inPlace(`revoke[${index}]`, () => simulator.revoke(access));
    }
    for (const [index, step] of (scenario.timeline ?? []).entries()) {
      const where = `timeline[${index}]`;
      const happen = 'next' in step ? plan(step.next, step.atMs, where) : () => carryOut(simulator, step);
      happenings.push({atMs: step.atMs, where, happen});
    }
    for (const [index, spec] of (scenario.webhooks ?? []).entries()) {
      webhooks.push(setUp(spec, `webhooks[${index}]`));
    }
  } catch (error) {
    stop();
    throw error;
  }

  const steps = happenings
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(async ({atMs, where, happen}) => {
      await time.sleep(atMs, signal);
      inPlace(where, happen);
    });
  const done = finish();
  // Whoever does not look at `done` has not asked to hear of it.
  done.catch(() => {});
  return {
    owners,
    done,
    stop,
    get state() {
      return state;
    },
    get problem() {
      return problem;
    },
  };

  async function setUp(spec: WebhookSpec, where: string): Promise<void> {
    try {
      await simulator.webhooks.add(spec);
    } catch (error) {
      throw placed(where, error);
    }
  }

  async function finish(): Promise<void> {
    try {
      await Promise.all([...webhooks, ...steps]);
      if (state === 'playing') state = 'done';
    } catch (error) {
      if (signal.aborted) {
        if (state === 'playing') state = 'stopped';
        return;
      }
      state = 'failed';
      problem = (error as Error).message;
      stop();
      throw error;
    }
  }
}

/** Other seeds and tokens would have had to be there from the first id on. */
function refuseWhatComesTooLate(scenario: Scenario, seed: number): void {
  const {atStart} = divideScenario(scenario);
  const late = Object.keys(atStart).filter(name => name !== 'seed' || atStart.seed !== seed);
  if (late.length === 0) return;
  const names = late.map(name => `\`${name}\``).join(', ');
  throw new TypeError(`Expected ${names} to be given to startSimulator: this simulator runs already.`);
}

/** A line of the script is laid by `lay`, which knows when it ends. */
type Verbs = {readonly [Name in Exclude<keyof Actions, 'next'>]: (taken: Actions[Name]) => void};

function carryOut(simulator: Simulator, step: Step): void {
  const verbs: Verbs = {
    advance: ms => simulator.advance(ms),
    jump: ms => simulator.jump(ms),
    revoke: access => simulator.revoke(access),
    restore: access => simulator.restore(access),
    expireAccessTokens: owner => simulator.expireAccessTokens(owner === true ? undefined : owner),
    setLimits: limits => simulator.setLimits(limits),
    updateVehicle: ({vehicle, change}) => simulator.updateVehicle(vehicle, change),
    sendEvent: event => simulator.webhooks.send(event),
  };
  const taken = new Map<string, unknown>(Object.entries(step));
  for (const [name, carry] of Object.entries(verbs)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the verb takes what stands under its name
    if (taken.has(name)) (carry as (taken: unknown) => void)(taken.get(name));
  }
}

/** Runs a part of the scenario; its error says which part it was. */
function inPlace(where: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    throw placed(where, error);
  }
}

function placed(where: string, error: unknown): Error {
  return new Error(`\`${where}\`: ${error instanceof Error ? error.message : String(error)}`, {cause: error});
}
