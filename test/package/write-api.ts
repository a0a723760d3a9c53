// Writes the reports of all public signatures (api/) and their reference (docs/api/): `npm run api`. A test holds them equal.
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {apiFiles, FOLDERS} from './api-files.ts';
import {ROOT} from './entries.ts';
import {extracted} from './extract.ts';

const files = apiFiles(extracted());

for (const folder of FOLDERS) {
  mkdirSync(join(ROOT, folder), {recursive: true});
  for (const name of readdirSync(join(ROOT, folder))) {
    const path = `${folder}/${name}`;
    if (files.has(path)) continue;
    rmSync(join(ROOT, path));
    console.log(`${path}: removed`);
  }
}

for (const [path, text] of files) {
  mkdirSync(dirname(join(ROOT, path)), {recursive: true});
  if (readIfThere(path) === text) continue;
  writeFileSync(join(ROOT, path), text);
  console.log(`${path}: written anew`);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return undefined;
  }
}
