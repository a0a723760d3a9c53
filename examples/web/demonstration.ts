import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {startSimulator, type Simulator, type SimulatorOptions} from 'smartcar-policy/simulator';
import {OWNER, startApp, type App} from './app.ts';
import {createDemo} from './demo.ts';

export interface DemonstrationOptions {
  /** @default one in a folder that goes with the demonstration */
  readonly database?: string;
  /** @default 0: any free one */
  readonly port?: number;
  readonly everyMs?: number;
  readonly simulator?: SimulatorOptions;
  /** Models of the owner's cars. */
  readonly models?: readonly string[];
}

export interface Demonstration {
  readonly app: App;
  readonly simulator: Simulator;
  /** Leaves nothing behind. */
  readonly close: () => Promise<void>;
}

/** The application in front of a Smartcar that is simulated in the same process, where nobody has connected a car yet. */
export async function startDemonstration(options: DemonstrationOptions = {}): Promise<Demonstration> {
  const {database, port = 0, everyMs = 3_000, models = ['Model 3', 'Model Y', 'Model S']} = options;
  const simulator = await startSimulator(options.simulator);
  const vehicles = models.map((model, at) => ({
    model,
    odometerKm: 37_829 + 21_407 * at,
    batteryLevel: 0.62 + 0.11 * at,
  }));
  simulator.addOwner({id: OWNER, connected: false, vehicles});
  const folder = mkdtempSync(join(tmpdir(), 'smartcar-policy-web-'));
  const demo = createDemo(simulator, OWNER);
  const {env, origins, applicationManagementToken} = simulator;
  const {SMARTCAR_CLIENT_ID: clientId = '', SMARTCAR_CLIENT_SECRET: clientSecret = ''} = env;
  const app = await startApp({
    smartcar: {clientId, clientSecret, applicationManagementToken, origins},
    database: database ?? join(folder, 'smartcar.db'),
    port,
    everyMs,
    demo,
  });
  await simulator.webhooks.add({url: `${app.url}/webhooks`});
  return {
    app,
    simulator,
    async close() {
      demo.close();
      await app.close();
      await simulator.close();
      rmSync(folder, {recursive: true, force: true});
    },
  };
}
