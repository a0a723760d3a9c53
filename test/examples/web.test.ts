import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {expect, it, onTestFinished} from 'vitest';

const root = join(import.meta.dirname, '..', '..');

it('starts the sample application, serves both pages under a strict policy, and ends when told to', async () => {
  const args = ['--conditions=smartcar-policy:source', 'examples/web/main.ts'];
  const program = spawn(process.execPath, args, {cwd: root, stdio: ['ignore', 'pipe', 'inherit']});
  onTestFinished(() => void program.kill('SIGKILL'));
  const [line] = (await once(createInterface(program.stdout), 'line')) as [string];
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';
  const [owner, operator] = await Promise.all([fetch(`${url}/`), fetch(`${url}/operator`)]);
  expect(await owner.text()).toContain('Connect a car');
  expect(await operator.text()).toContain('<svg role="img"');
  expect(owner.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /);
  expect(owner.headers.get('set-cookie')).toMatch(/^session=[\da-f-]{36}; Path=\/; HttpOnly; SameSite=Lax$/);
  // Another site's form steers nothing here.
  const foreign = {method: 'POST', headers: {origin: 'https://evil.example'}, body: new URLSearchParams()};
  expect((await fetch(`${url}/demo`, foreign)).status).toBe(403);
  program.kill('SIGINT');
  expect(await once(program, 'exit')).toEqual([0, null]);
});
