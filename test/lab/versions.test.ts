import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {versions} from '../../src/lab/versions.ts';

test('names what the numbers depend on, as it is installed', () => {
  const {node, 'smartcar-policy': own, ...peers} = versions();

  expect(`v${node}`).toBe(process.version);
  expect(own).toBe(versionIn('package.json'));
  expect(Object.keys(peers)).toEqual(['p-retry', 'ky', 'axios', 'axios-retry', 'cockatiel']);
  for (const [name, version] of Object.entries(peers))
    expect(version).toBe(versionIn(`node_modules/${name}/package.json`));
});

const versionIn = (path: string): unknown =>
  (JSON.parse(readFileSync(path, 'utf8')) as {version: unknown}).version;
