import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {parentPort} from 'node:worker_threads';
import {startSimulator} from 'smartcar-policy/simulator';

interface Target {
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** What can be asked of the simulator in the worker. */
export interface SimulatorPlace {
  readonly v2: Target;
  readonly v3: Target;
}

const simulator = await startSimulator({seed: 1});
const {origin, env} = simulator;
const {id, vehicles} = simulator.addOwner();
const vehicle = vehicles[0]?.id ?? '';
const {accessToken} = simulator.grant(id);
const answer = await fetch(`${origin}/oauth2/token`, {
  method: 'POST',
  body: new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: env['SMARTCAR_CLIENT_ID'] ?? '',
    client_secret: env['SMARTCAR_CLIENT_SECRET'] ?? '',
  }),
});
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the token endpoint's own shape
const {access_token: application} = (await answer.json()) as {access_token: string};
const place: SimulatorPlace = {
  v2: {
    url: `${origin}/v2.0/vehicles/${vehicle}/odometer`,
    headers: {authorization: `Bearer ${accessToken}`},
  },
  v3: {
    url: `${origin}/v3/vehicles/${vehicle}/signals/odometer-traveleddistance`,
    headers: {authorization: `Bearer ${application}`, 'sc-user-id': id},
  },
};

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
parentPort?.on('message', () => {
  collect();
  const heapMb = process.memoryUsage().heapUsed / 2 ** 20;
  parentPort?.postMessage({heapMb, entries: simulator.journal.length});
});
parentPort?.postMessage(place);
