// A process of its own: `node idle.ts <port>`. Makes a policy over Redis, asks it something, and has nothing more to do.
import {once} from 'node:events';
import {Redis} from 'ioredis';
import {createPolicy, userTokens} from 'smartcar-policy';
import {redisPorts} from 'smartcar-policy/redis';

const client = new Redis(Number(process.argv[2]), '127.0.0.1', {lazyConnect: true});
const auth = userTokens({clientId: 'client', clientSecret: 'secret'});
const limits = {application: {bucket: 5, perMinute: 60}};
const policy = createPolicy({...redisPorts(client), auth, limits});
process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();
await policy.tokens.get('ada');
await policy.run(async () => 1, {idempotent: true}).catch(() => undefined);
process.stdout.write('"idle"\n');
