// The official SDK: built anew for each attempt, since it holds on to the token it was made with. `npm run example sdk`
import {createPolicy, explain, userTokens} from 'smartcar-policy';
import smartcar from 'smartcar';
import {localSmartcar} from './local-smartcar.ts';

const {vehicle, tokens, simulator} = await localSmartcar();

const policy = createPolicy({auth: userTokens()});
await policy.tokens.save('ada', tokens);
const context = {user: 'ada', vehicle};

simulator.expireAccessTokens(); // a 401 comes, the pair is renewed, the call repeated with a new Vehicle
const odometer = await policy.run(({accessToken}) => new smartcar.Vehicle(vehicle, accessToken).odometer(), {
  ...context,
  operation: 'odometer',
  idempotent: true,
});
console.log(odometer.distance, 'km');

simulator.next({path: '/security'}, {drop: 'after'}); // a command that may have been carried out is not repeated
try {
  await policy.run(({accessToken}) => new smartcar.Vehicle(vehicle, accessToken).lock(), {
    ...context,
    operation: 'lock',
  });
} catch (error) {
  console.log(explain(error)?.reason, simulator.commandCount(vehicle, 'lock'));
}

await policy.close();
await simulator.close();
