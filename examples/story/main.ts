// The whole job in one run: a Smartcar on this machine, a policy in front of real HTTP calls, and what happens when
// they fail. Start it with `npm start`; it ends by itself.
import {mkdtempSync, rmSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {styleText} from 'node:util';
import {applicationToken, createPolicy, explain, sqliteStore, userTokens, withPolicy} from 'smartcar-policy';
import {startSimulator} from 'smartcar-policy/simulator';
import {createTally} from './tally.ts';
import {createTimeline, narrate} from './timeline.ts';

const print = (line: string): void => console.log(line);
const timeline = createTimeline(print);
const {chapter, good, say} = timeline;

const simulator = await startSimulator({latencyMs: 25});
const ada = simulator.addOwner({id: 'ada', vehicles: Array.from({length: 5}, () => ({}))});
const car = ada.vehicles[0]!.id;
// What the SDKs read from their environment is given here as options.
const {SMARTCAR_CLIENT_ID: clientId = '', SMARTCAR_CLIENT_SECRET: clientSecret = ''} = simulator.env;
const {origin, origins} = simulator;

// The product's own web server: Connect sends the owner back to it.
const callback = createServer();
await new Promise<void>(resolve => void callback.listen(0, '127.0.0.1', resolve));
const redirectUri = `http://127.0.0.1:${(callback.address() as AddressInfo).port}/callback`;

const folder = mkdtempSync(join(tmpdir(), 'smartcar-policy-'));
const connect = {
  redirectUri,
  scope: ['read_odometer', 'read_battery', 'control_security'],
  applicationId: 'simulator-application',
};
const v2 = createPolicy({
  auth: userTokens({clientId, clientSecret, redirectUri}),
  store: sqliteStore(join(folder, 'smartcar.db')),
  connect: {redirectUri, scope: connect.scope},
  backoff: {UPSTREAM: {retries: 4, baseDelayMs: 600, maxDelayMs: 5_000}},
  origins,
});
const v3 = createPolicy({auth: applicationToken({clientId, clientSecret}), connect, origins});
for (const policy of [v2, v3]) narrate(policy, timeline);
const tally = createTally(simulator, [v2, v3]);

callback.on('request', (request, response) => {
  const {searchParams} = new URL(request.url ?? '/', redirectUri);
  say(`the owner is back at /callback?vehicle_id=…&state=… (${searchParams.get('error') ?? 'no error'})`);
  v2.connect.handleCallback(new Request(new URL(request.url ?? '/', redirectUri)), {user: 'ada'}).then(
    () => response.end('Thank you.'),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});

await v2.tokens.save('ada', simulator.grant('ada'));
const smartcar = withPolicy(fetch, v2, {user: 'ada'});
const url = (path: string, id = car): string => `${origin}/v2.0/vehicles/${id}${path}`;
const lock = {method: 'POST', headers: {'content-type': 'application/json'}, body: '{"action": "LOCK"}'};

chapter('1 · A read', 'Nothing in the way: one call, one request.');
await tally.chapter('a read', async () => {
  const {distance} = (await (await smartcar(url('/odometer'))).json()) as {distance: number};
  good(`odometer: ${distance} km`);
});

chapter(
  '2 · RETRY_LATER, twice',
  'The body says that the failure passes; the policy waits a moment, with jitter.',
);
await tally.chapter('RETRY_LATER twice', async () => {
  simulator.next({path: '/battery', times: 2}, {error: 'UPSTREAM:NO_RESPONSE'});
  const response = await smartcar(url('/battery'));
  good(`battery: ${response.status}`);
});

chapter(
  '3 · A told retry-after',
  'It holds for everybody who asks this car, not only for the call that was told.',
);
await tally.chapter('a told retry-after', async () => {
  simulator.next({path: '/odometer'}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 2});
  const first = smartcar(url('/odometer'));
  await new Promise<void>(resolve => v2.once('pause', () => resolve()));
  say('a second caller wants the battery of the same car, and is held as well');
  const second = smartcar(url('/battery'));
  good(`both answered: ${(await first).status}, ${(await second).status}`);
});

chapter('4 · An expired token', 'Twenty calls meet it at the same time; the rotating pair is renewed once.');
await tally.chapter('expired token, 20 calls', async () => {
  simulator.expireAccessTokens('ada');
  const paths = ['/odometer', '/battery', '/charge', '/location'];
  const calls = ada.vehicles.flatMap(({id}) => paths.map(path => smartcar(url(path, id))));
  const answers = await Promise.all(calls);
  good(`${answers.filter(({ok}) => ok).length} of ${calls.length} answered`);
});

chapter(
  '5 · A command whose connection drops',
  'Nobody knows whether the car was locked, so it is not sent twice.',
);
await tally.chapter('a dropped lock command', async () => {
  simulator.next({path: '/security', method: 'POST'}, {drop: 'after'});
  const error: unknown = await smartcar(url('/security'), lock).catch((reason: unknown) => reason);
  say(`explain: ${explain(error)?.reason}. "${explain(error)?.userMessage}"`);
  good(`the car was locked ${simulator.commandCount(car, 'lock')} time`);
});

chapter(
  '6 · REAUTHENTICATE',
  'The login at the maker is lost: one event, parked calls cost nothing, the owner comes back.',
);
await tally.chapter('the owner has to come back', async () => {
  simulator.revoke({owner: 'ada', how: 'login', vehicle: car});
  await smartcar(url('/odometer'));
  const refused: unknown = await smartcar(url('/battery')).catch((reason: unknown) => reason);
  say(`a second call fails at once, without a request: ${(refused as {code?: string}).code}`);
  const parked = smartcar(url('/odometer'), {policy: {waitForReauthMs: 30_000}});
  say('a third call waits for the owner');
  const [episode] = await v2.reauth.list();
  await fetch(episode?.connectUrl ?? '');
  good(`the parked call went through: ${(await parked).status}`);
});

chapter(
  '7 · v3',
  'One token for the whole application, errors in errors[], and a command that answers 202 and takes its time.',
);
await tally.chapter('v3: read and slow command', async () => {
  const api = withPolicy(fetch, v3, {user: 'ada'});
  simulator.next({path: '/signals'}, {error: 'UPSTREAM:NO_RESPONSE'});
  const signals = await api(`${origin}/v3/vehicles/${car}/signals`);
  good(`signals: ${signals.status}`);
  simulator.next(
    {path: '/commands/charge/start'},
    {slow: {acceptedAfterMs: 50, afterMs: 800, outcome: 'success'}},
  );
  const started = await api(`${origin}/v3/vehicles/${car}/commands/charge/start`, {method: 'POST'});
  good(`the 202 was waited for; charging started: ${started.status}`);
});

print(`\n${tally.table()}`);
print(styleText('dim', '\nwasted: requests that were answered with a failure, or not at all.'));
await Promise.all([
  v2.close(),
  v3.close(),
  simulator.close(),
  new Promise(resolve => callback.close(resolve)),
]);
rmSync(folder, {recursive: true, force: true});
