// A process of its own, for the tests of many: `node counter.ts <times> <database>…`. Says "ready", waits for a line on
// stdin, opens each database, adds one call for each of two cars so many times, prints the totals that it was told as
// JSON.
import {once} from 'node:events';
import {sqliteStore} from 'smartcar-policy';

const [times, ...databases] = process.argv.slice(2);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const totals: (readonly [string, number])[][] = [];
for (const database of databases) {
  const store = sqliteStore(database);
  for (let time = 0; time < Number(times); time++) {
    const cars = new Map([
      ['one', 1],
      ['two', 1],
    ]);
    totals.push([...((await store.usage?.add('2026-01-01', cars)) ?? [])]);
  }
  await store.close();
}
process.stdout.write(`${JSON.stringify(totals)}\n`);
process.stdin.destroy();
