import {readFileSync} from 'node:fs';
import {findPackageJSON} from 'node:module';
// These are built in: what is installed beside the package may be another version.
import axiosRetry from 'axios-retry/package.json' with {type: 'json'};
import axios from 'axios/package.json' with {type: 'json'};
import cockatiel from 'cockatiel/package.json' with {type: 'json'};

/** Of everything that a run's numbers depend on, by name. */
export function versions(): Readonly<Record<string, string>> {
  return {
    'smartcar-policy': installed('..'),
    node: process.versions.node,
    'p-retry': installed('p-retry'),
    ky: installed('ky'),
    axios: axios.version,
    'axios-retry': axiosRetry.version,
    cockatiel: cockatiel.version,
  };
}

/** `name`: of a package, or `..` for the one that this file is in. */
function installed(name: string): string {
  const path = findPackageJSON(name, import.meta.url);
  if (path === undefined) return 'unknown';
  const {version} = JSON.parse(readFileSync(path, 'utf8')) as {readonly version: string};
  return version;
}
