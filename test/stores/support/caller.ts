// A process of its own, for the tests of many: `node caller.ts <database> <user> <path> <calls>`. Says "ready", waits for
// a line on stdin, makes its calls at once, prints their statuses as JSON.
import {once} from 'node:events';
import {createPolicy, sqliteStore, userTokens} from 'smartcar-policy';

const [database = '', user = '', path = '', calls = '1'] = process.argv.slice(2);
const policy = createPolicy({auth: userTokens(), store: sqliteStore(database)});
const smartcar = policy.fetch({user});
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const answers = await Promise.allSettled(
  Array.from({length: Number(calls)}, (_, index) =>
    smartcar(`${process.env['SMARTCAR_API_ORIGIN']}${path}?call=${process.pid}-${index}`),
  ),
);
const statuses = answers.map(one => (one.status === 'fulfilled' ? one.value.status : String(one.reason)));
process.stdout.write(`${JSON.stringify(statuses)}\n`);
await policy.close();
process.stdin.destroy();
