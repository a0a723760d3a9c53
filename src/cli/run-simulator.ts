import {
  type LimitOptions,
  type Scenario,
  type Simulator,
  type SimulatorOptions,
  divideScenario,
  startSimulator,
} from '../simulator/index.ts';
import {exports, greeting, greetingAsJson} from './greeting.ts';
import {followJournal, journalLine} from './journal-lines.ts';
import {complain, oneLine, say} from './print.ts';
import {inFile, scenarioFrom} from './scenario-file.ts';
import {stopSignal} from './stop-signals.ts';

/** The options of `smartcar-policy simulator`, as read. */
export interface Given {
  readonly port: number;
  readonly seed?: number;
  readonly limits?: LimitOptions;
  readonly speed?: number;
  readonly scenario?: string;
  readonly origins: 'one' | 'several';
  readonly latency?: number;
  readonly pages: 'browsers' | 'everybody' | 'nobody';
  readonly journal?: true;
  readonly quiet?: true;
  readonly json?: true;
}

/** Who is there when no scenario says so. */
const defaultOwners: NonNullable<Scenario['owners']> = [
  {id: 'ada', vehicles: [{make: 'TESLA', model: 'Model 3', year: 2023}]},
  {
    id: 'bob',
    vehicles: [
      {make: 'VOLKSWAGEN', model: 'ID.4', year: 2022},
      {make: 'FORD', model: 'Transit', year: 2019, powertrain: 'ICE'},
    ],
  },
];

/** Runs a simulator until a signal ends it. */
export async function runSimulator(given: Given): Promise<void> {
  const scenario = given.scenario === undefined ? {} : await scenarioFrom(given.scenario);
  const {atStart, toPlay} = divideScenario(scenario);
  const simulator = await start({
    ...atStart,
    port: given.port,
    origins: given.origins,
    pages: given.pages,
    ...(given.seed === undefined ? {} : {seed: given.seed}),
    ...(given.speed === undefined ? {} : {speed: given.speed}),
    ...(given.latency === undefined ? {} : {latencyMs: given.latency}),
  });
  const stopped = stopSignal();
  try {
    const {done} = inFile(given.scenario, () =>
      simulator.play({
        ...toPlay,
        owners: toPlay.owners ?? defaultOwners,
        limits: {...toPlay.limits, ...given.limits},
      }),
    );
    done.catch((error: Error) => {
      complain(`error: The scenario ended early: ${oneLine(error.message)}\n`);
      process.exitCode = 1;
    });
    say(
      given.json
        ? greetingAsJson(simulator)
        : given.quiet
          ? `${exports(simulator).join('\n')}\n`
          : greeting(simulator),
    );
    const following = given.journal ? follow(simulator, given.json === true) : undefined;
    await stopped;
    following?.stop();
  } finally {
    await simulator.close();
  }
}

async function start(options: SimulatorOptions & {readonly port: number}): Promise<Simulator> {
  try {
    return await startSimulator(options);
  } catch (error) {
    const {code, port = options.port} = error as NodeJS.ErrnoException & {readonly port?: number};
    const instead = 'choose another with --port, or --port 0 for any free one';
    if (code === 'EADDRINUSE') throw new Error(`Port ${port} is taken: ${instead}.`, {cause: error});
    if (code === 'EACCES') throw new Error(`Port ${port} is not for us: ${instead}.`, {cause: error});
    throw error;
  }
}

function follow({journal}: Simulator, asJson: boolean): {readonly stop: () => void} {
  return followJournal(journal, entry => {
    if (asJson) say(`${JSON.stringify({event: 'request', ...entry})}\n`);
    // Never among the exports: paths are written by strangers, and a shell may read those lines.
    else complain(`${journalLine(entry)}\n`);
  });
}
