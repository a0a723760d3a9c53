// The sample application and the Smartcar that it talks to, in one process: `npm run example:web`
// `PORT` sets the port, `SMARTCAR_DB` a file for the store that stays.
import {startDemonstration} from './demonstration.ts';

const {PORT = '0', SMARTCAR_DB: database} = process.env;
const {app, close} = await startDemonstration({port: Number(PORT), ...(database && {database})});
console.log(`${app.url}/ is the owner's page, ${app.url}/operator the operator's. Ctrl-C ends both.`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
