// An owner has to come back: the event, the link, and the call that waits for them. `npm run example reauth`
import {createPolicy, userTokens, withPolicy} from 'smartcar-policy';
import {localSmartcar} from './local-smartcar.ts';

const {api, vehicle, tokens, simulator} = await localSmartcar();

const redirectUri = 'https://product.example/callback';
const policy = createPolicy({
  auth: userTokens({redirectUri}),
  connect: {scope: ['read_odometer', 'read_battery']},
});
await policy.tokens.save('ada', tokens);
const smartcar = withPolicy(fetch, policy, {user: 'ada'});
const odometer = `${api}/v2.0/vehicles/${vehicle}/odometer`;

// One event for each episode, however many calls fail. Send the link to the owner.
policy.on('reauth', ({userMessage, connectUrl = ''}) =>
  console.log(userMessage, new URL(connectUrl).pathname),
);
policy.on('reauth-resolved', ({by}) => console.log('back, by:', by));

simulator.revoke({owner: 'ada', how: 'login', vehicle}); // the owner changed the password at the maker
console.log((await smartcar(odometer)).status);
await smartcar(odometer).catch((error: {code?: string}) =>
  console.log(error.code, 'at once, and without a request'),
);
const parked = smartcar(odometer, {policy: {waitForReauthMs: 86_400_000}});

const [episode] = await policy.reauth.list();
const back = await fetch(episode?.connectUrl ?? '', {redirect: 'manual'}); // the owner's browser
const request = new Request(back.headers.get('location') ?? ''); // what your redirect handler gets
console.log(await policy.connect.handleCallback(request, {user: 'ada'}));

console.log((await parked).status);
await policy.close();
await simulator.close();
