// A worker in a process of its own: says "ready", works, and says what its handlers do, line by line.
import {durableCalls} from '../../../src/bullmq/index.ts';
import {createPolicy, userTokens} from '../../../src/index.ts';

const [port = '', queue = '', api = '', tokens = '', ending = ''] = process.argv.slice(2);
const policy = createPolicy({auth: userTokens({redirectUri: 'https://product.example/callback'})});
await policy.tokens.save('ada', JSON.parse(tokens));

type Car = {readonly vehicle: string};
const say = (words: unknown): void => void process.stdout.write(`${JSON.stringify(words)}\n`);

/** What befalls this process before it sends. */
function befall(): void {
  if (ending === 'dies') process.kill(process.pid, 'SIGKILL');
  if (ending === 'freezes') process.kill(process.pid, 'SIGSTOP');
}

const calls = durableCalls({
  policy,
  connection: {port: Number(port)},
  handlers: {
    lock({vehicle}: Car, {headers, signal}) {
      say('locking');
      befall();
      return fetch(`${api}/v2.0/vehicles/${vehicle}/security`, {
        method: 'POST',
        headers: {...headers, 'content-type': 'application/json'},
        body: JSON.stringify({action: 'LOCK'}),
        signal,
      });
    },
    odometer({vehicle}: Car, {headers, signal}) {
      say('reading');
      befall();
      return fetch(`${api}/v2.0/vehicles/${vehicle}/odometer`, {headers, signal});
    },
  },
  queue,
  lockDurationMs: 400,
  closeTimeoutMs: 1_000,
});
calls.on('done', ({id}) => say({done: id}));
say('ready');
process.stdin.once('data', () => {
  void (async () => {
    await calls.close();
    await policy.close();
    say('closed');
  })();
});
