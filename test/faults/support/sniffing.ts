import {appendFileSync} from 'node:fs';
import {learning} from './learning-fetch.ts';

/** Loaded before a program: writes down every token and code that goes through its fetch, for a test to look for. */
const file = process.env['SMARTCAR_SNIFFED'] ?? '/dev/null';

globalThis.fetch = learning(globalThis.fetch, (_name, secret) => {
  if (secret) appendFileSync(file, `${secret}\n`);
});
