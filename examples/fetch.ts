// fetch: the same contract, with a policy in front. `npm run example fetch`
import {applicationToken, createPolicy, explain, withPolicy} from 'smartcar-policy';
import {localSmartcar} from './local-smartcar.ts';

const {api, vehicle, simulator} = await localSmartcar(); // yours: https://vehicle.api.smartcar.com

const policy = createPolicy({auth: applicationToken()}); // id and secret from SMARTCAR_CLIENT_ID, SMARTCAR_CLIENT_SECRET
const smartcar = withPolicy(fetch, policy, {user: 'ada'}); // v3: the value of sc-user-id

simulator.next({path: '/signals'}, {error: 'UPSTREAM:NO_RESPONSE'}); // repeated after a moment
const signals = await smartcar(`${api}/v3/vehicles/${vehicle}/signals`);
console.log(signals.status, ((await signals.json()) as {data: unknown[]}).data.length, 'signals');

simulator.next({path: '/signals'}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 900}); // too long to wait for here
const limited = await smartcar(`${api}/v3/vehicles/${vehicle}/signals`);
const {reason, retryAt = 0, userMessage} = explain(limited) ?? {};
console.log(limited.status, reason, new Date(retryAt).toISOString(), userMessage);

await policy.close();
await simulator.close();
