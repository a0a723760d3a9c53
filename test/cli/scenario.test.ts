import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {begin, beginSimulator, json, run} from './process.ts';

function file(name: string, text: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'scenario-'));
  onTestFinished(() => rmSync(folder, {recursive: true}));
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe('a scenario file', () => {
  test('sets the scene; options win over it', async () => {
    const scenario = file(
      'two.json',
      JSON.stringify({
        seed: 9,
        tokens: {accessTtlMs: 60_000},
        limits: {application: {size: 1, perMinute: 1}, monthly: {calls: 7}},
        owners: [{id: 'eve', vehicles: [{id: 'car'}]}],
        timeline: [{atMs: 3_600_000, updateVehicle: {vehicle: 'car', change: {odometerKm: 1}}}],
      }),
    );
    const {started} = await beginSimulator('--scenario', scenario, '--limits', 'application=off');
    expect([started.seed, started.owners.map(({id}) => id)]).toEqual([9, ['eve']]);
    const now = Number((await json(`${started.control}/clock`))['now']);
    const tokens = await json(`${started.control}/owners/eve/grant`, {method: 'POST'});
    expect(Number(tokens['accessExpiresAt']) - now).toBeLessThan(120_000);
    for (let count = 0; count < 2; count += 1) {
      const headers = {authorization: `Bearer ${tokens['accessToken']}`};
      expect((await fetch(`${started.origin}/v2.0/user`, {headers})).status).toBe(200);
    }
    await json(`${started.control}/clock/advance`, {method: 'POST', body: '{"ms": 3600000}'});
    expect((await json(`${started.control}/vehicles/car`))['odometerKm']).toBe(1);
  });

  test('that fails on the way is told about, and makes the end a failure', async () => {
    const scenario = file(
      'late.json',
      '{"timeline": [{"atMs": 1, "revoke": {"owner": "eve", "how": "grant"}}]}',
    );
    const {child, ended, printed, started} = await beginSimulator('--scenario', scenario);
    expect(await printed(/\n/, 'stderr')).toBe(
      'error: The scenario ended early: `timeline[0]`: Expected the id of an owner (ada, bob), got `eve`\n',
    );
    expect((await fetch(`${started.origin}/v2.0/user`)).status).toBe(401);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(1);
  });

  test.each([
    ['{"seed": 1,\n}', /broken\.json: Expected the scenario to be JSON, found `}` in line 2, column 1\./],
    ['{"ownes": []}', /broken\.json: Unknown member `ownes`: did you mean `owners`\?/],
    [
      '{"revoke": [{"owner": "eve", "how": "grant"}]}',
      /broken\.json: `revoke\[0\]`: Expected the id of an owner \(ada, bob\), got `eve`/,
    ],
  ])('with %j is refused in one line', async (text, message) => {
    const {code, stdout, stderr} = await run(
      'simulator',
      '--port',
      '0',
      '--scenario',
      file('broken.json', text),
    );
    expect([code, stdout, stderr.split('\n').length]).toEqual([1, '', 2]);
    expect(stderr).toMatch(message);
  });

  test('that is not there is named', async () => {
    const {code, stderr} = await run('simulator', '--scenario', '/nowhere/at/all.json');
    expect([code, stderr]).toEqual([
      1,
      "error: The scenario `/nowhere/at/all.json` can't be read: there is no such file.\n",
    ]);
  });

  test('that is no text is named', async () => {
    const {code, stderr} = await run(
      'simulator',
      '--scenario',
      file('utf16.json', Buffer.from('\ufeff{}', 'utf16le')),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: .*utf16\.json: Expected the scenario to be text in UTF-8, got other bytes\.\n$/,
    );
  });

  test('that is a folder is named', async () => {
    const {code, stderr} = await run('simulator', '--scenario', 'examples');
    expect([code, stderr]).toEqual([1, "error: The scenario `examples` can't be read: it is a folder.\n"]);
  });

  test('can not smuggle a command into the exports', async () => {
    const scenario = file(
      'sly.json',
      JSON.stringify({owners: [{id: 'eve', email: 'a\n$(touch /tmp/x)\u2028@example.com'}]}),
    );
    const running = begin('simulator', '--port', '0', '--scenario', scenario);
    const lines = (await running.printed(/Ctrl/)).trimEnd().split(/\n|\u2028/);
    expect(lines.filter(line => !/^(export |#)/.test(line))).toEqual([]);
  });
});

describe('the examples of scenarios', () => {
  test.each(['maker-outage', 'bad-week'])('%s plays', async name => {
    const {started, stderr} = await beginSimulator('--scenario', `examples/scenarios/${name}.json`);
    await json(`${started.control}/clock/advance`, {method: 'POST', body: '{"ms": 100000000}'});
    expect(await json(`${started.control}/owners`)).toEqual({owners: started.owners});
    expect(stderr()).toBe('');
  });
});
