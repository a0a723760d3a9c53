// ky: JSON in one line, and an error whose explanation is found through its response. `npm run example ky`
import {HTTPError} from 'ky';
import {createPolicy, explain, userTokens} from 'smartcar-policy';
import {localSmartcar} from './local-smartcar.ts';

const {api, vehicle, tokens, simulator} = await localSmartcar();

const policy = createPolicy({auth: userTokens()}); // v2: one rotating token pair for each owner
await policy.tokens.save('ada', tokens); // after Connect
const http = policy.ky({user: 'ada'}).extend({prefix: `${api}/v2.0/vehicles/${vehicle}`});

console.log(await http.get('odometer').json());

simulator.next({path: '/charge'}, {error: 'VEHICLE_STATE:CHARGING_PLUG_NOT_CONNECTED'});
try {
  await http.post('charge', {json: {action: 'START'}});
} catch (error) {
  if (!(error instanceof HTTPError)) throw error;
  const {needs, userMessage} = explain(error) ?? {};
  console.log(error.response.status, needs, userMessage);
}

await policy.close();
await simulator.close();
