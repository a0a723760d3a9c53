// Writes what the documentation has of the sources into the pages: `npm run docs`. The tests hold them equal.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {writePictures} from './explain-pictures.ts';
import {failureTable} from './failure-table.ts';
import {between, putBetween} from './marks.ts';
import {reasonsTable} from './reasons-table.ts';

const root = join(import.meta.dirname, '..', '..');

for (const [page, mark, text] of [
  ['README.md', 'failures', failureTable()],
  ['docs/reasons.md', 'reasons', reasonsTable()],
] as const) {
  const path = join(root, page);
  const old = readFileSync(path, 'utf8');
  if (between(old, mark) === text) continue;
  writeFileSync(path, putBetween(old, mark, text));
  console.log(`${page}: ${mark} written anew`);
}

await writePictures();
