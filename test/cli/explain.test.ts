import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, it} from 'vitest';
import {skipsWithout} from '../binaries.ts';
import type {Explanation, FailedPart} from '../../src/index.ts';
import {explained} from './explain-support.ts';
import {type Ended, begin, run} from './process.ts';

const folder = mkdtempSync(join(tmpdir(), 'smartcar-policy-explain-'));
afterAll(() => rmSync(folder, {recursive: true}));

const asleep = JSON.stringify({
  type: 'VEHICLE_STATE',
  code: 'ASLEEP',
  statusCode: 409,
  description: 'The car sleeps.',
  resolution: {type: null},
});

function inFile(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** Runs it with something on standard input. */
function fed(input: string | Buffer, ...args: readonly string[]): Promise<Ended> {
  const {child, ended} = begin('explain', ...args);
  // Whoever reads no more than they need closes the pipe early.
  child.stdin.on('error', () => undefined).end(input);
  return ended;
}

describe('smartcar-policy explain', () => {
  it('explains a file, and standard input alike', async () => {
    const file = inFile('asleep.json', asleep);
    const [byFile, byInput, byDash] = await Promise.all([
      run('explain', file, '--app', 'Volt'),
      fed(asleep, '--app', 'Volt'),
      fed(asleep, '-', '--app', 'Volt'),
    ]);
    for (const {code, stdout, stderr} of [byFile, byInput, byDash]) {
      expect({code, stderr}).toEqual({code: 0, stderr: ''});
      expect(stdout).toMatch(/^VEHICLE_STATE:ASLEEP, 409\nwhat +The car sleeps\.\nwhy .*\nwho acts +nobody/);
      expect(stdout).toMatch(/^again +\d{4}-\d\d-\d\dT[\d:.]+Z, in \d+ s$/m);
      expect(stdout).toMatch(/^owner +Volt couldn't reach your car, because it is asleep\./m);
      expect(stdout.trimEnd().split('\n').length).toBeLessThan(25);
    }
  });

  it('prints the explanation as one JSON object', async () => {
    const {code, stdout} = await fed(asleep, '--json');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const explanation = JSON.parse(stdout) as Explanation;
    expect(explanation).toMatchObject({action: 'retry', needs: 'nobody', attempts: 1, waitedMs: 0});
    expect(explanation.failure).toMatchObject({type: 'VEHICLE_STATE', code: 'ASLEEP', status: 409});
    expect(explanation.retryAt).toBeGreaterThan(Date.now());
  });

  it('explains a bare status, with what its headers and its request say', async () => {
    const [bare, limited, command] = await Promise.all([
      fed('', '--status', '503'),
      fed('', '-s', '429', '--header', 'Retry-After: 3600', '--url', '/v2.0/vehicles/1234/odometer'),
      fed('', '-s', '502', '-X', 'post', '-u', 'https://api.smartcar.com/v2.0/vehicles/1234/security'),
    ]);
    expect(bare).toMatchObject({code: 0, stderr: ''});
    expect(bare.stdout).toMatch(/^Status 503\n/);
    expect(limited.stdout).toMatch(/^again .*, in 6\d min$/m);
    expect(limited.stdout).toMatch(/no other\s+call to this car goes out/);
    expect(command.code).toBe(11);
    expect(command.stdout).toMatch(/\(outcome-unknown\)[^]*^effect +unknown: the car may have done it$/m);
  });

  it('reports each part of a batch that failed', async () => {
    const file = 'test/cases/v2-batch-permission.json';
    const [text, data] = await Promise.all([run('explain', file), run('explain', file, '--json')]);
    expect(text).toMatchObject({code: 10, stderr: ''});
    expect(text.stdout).toMatch(/^1 of 2 parts failed\nok +\/vin\n\n\/odometer: PERMISSION, 403\n/);
    const {needs, parts} = JSON.parse(data.stdout) as Explanation & {parts: FailedPart[]};
    expect(needs).toBe('owner');
    expect(parts.map(({name, state}) => [name, state])).toEqual([
      ['/vin', 'ok'],
      ['/odometer', 'failed'],
    ]);
  });

  it('looks at credentials, and never prints them', async () => {
    const exchange = JSON.stringify({
      request: {
        method: 'GET',
        url: 'https://api.smartcar.com/v2.0/vehicles/1234/odometer?access_token=sekret1',
        headers: {authorization: 'Baerer sekret2', cookie: 'sekret3'},
        body: 'sekret4',
      },
      response: {status: 401, headers: {'set-cookie': 'sekret5'}, body: {type: 'AUTHENTICATION'}},
    });
    const all = await Promise.all([
      fed(exchange),
      fed(exchange, '--json'),
      fed('', '-s', '401', '--request-header', 'authorization: Token sekret6'),
      fed('', '-s', '401', '--request-header', 'Bearer sekret7'),
      fed('', '-s', '401', '--request-header', 'authorization:', 'Bearer', 'sekret8'),
      fed('', '-s', '401', '--request-headr=authorization: Bearer sekret9'),
    ]);
    for (const {stdout, stderr} of all) expect(stdout + stderr).not.toMatch(/sekret/);
    expect(all.map(({code}) => code)).toEqual([0, 0, 0, 2, 2, 2]);
    expect(all[0]?.stdout).toMatch(/The token stands in the query/);
    expect(all[3]?.stderr).toMatch(/^error: Expected --request-header to be a name and a value/);
    expect(all[4]?.stderr).toBe('error: Expected one file; a value with spaces in it needs quotes.\n');
    expect(all[5]?.stderr).toMatch(/unknown option '--request-headr=…'/);
  });
});

const unwanted = (): never => expect.unreachable('It was explained.');

describe('what is no error that can be read is refused in one sentence:', () => {
  const big = inFile('big.json', '');
  truncateSync(big, 100_000_000);
  it.each([
    [
      'bad JSON',
      '{\n  "type": "VALIDATION",\n}',
      /^Expected .* to be JSON, found `}` in line 3, column 1\.$/,
    ],
    ['JSON that was cut', '{"type": "VALI', /found `"` in line 1, column 10\.$/],
    ['nothing', ' \n', /is empty\. Where the answer had no body, give its status: --status 503\.$/],
    ['HTML', '<!DOCTYPE html><h1>502</h1>', /is HTML or XML, .* Give its status: --status 502\.$/],
    ['bytes', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]), /to be text in UTF-8, got other bytes\.$/],
    ['text with a zero in it', '{}\0', /to be text in UTF-8, got other bytes\.$/],
    ['a success', '{"distance": 1}', /holds no error that is known here\. Where its status tells of one/],
    [
      'a batch without a failure',
      '{"responses": [{"path": "/vin", "code": 200, "body": {}}]}',
      /None of its parts has failed\.$/,
    ],
    ['a list', '[{}, {}]', /is a list of 2 entries\. Give one, such as jq '\.\[0\]' gets it\.$/],
    [
      'a HAR',
      '{"log": {"entries": [{}]}}',
      /is a HAR of 1 entry\. Give one, such as jq '\.log\.entries\[0\]'/,
    ],
  ])('%s', async (name, content, message) => {
    const file = inFile(`${name}.json`, content);
    const {message: said} = await explained([file]).then(unwanted, (error: Error) => error);
    expect(said).toMatch(message);
    expect(said).toContain(`\`${file}\``);
  });

  it.each([
    ['a file that is not there', join(folder, 'nowhere.json'), /can't be read: there is no such file/],
    ['a folder', folder, /can't be read: it is a folder\.$/],
    ['a hundred megabytes', big, /has more than 10 MB: an error of Smartcar is far smaller\.$/],
    ['a text in place of a file', asleep, /a text goes in by standard input\)\.$/],
  ])('%s', async (_, file, message) => {
    const {message: said} = await explained([file]).then(unwanted, (error: Error) => error);
    expect(said).toMatch(message);
  });

  it('a file, by the process: exit code 1, one line, no stack', async () => {
    const all = await Promise.all([
      run('explain', inFile('cut.json', '{"type": "VALI'), '--json'),
      run('explain', join(folder, 'nowhere.json')),
      run('explain', big),
    ]);
    for (const {code, stdout, stderr} of all) {
      expect({code, stdout}).toEqual({code: 1, stdout: ''});
      expect(stderr).toMatch(/^error: .+\.\n$/);
    }
  });

  it('standard input without an end', async () => {
    const {code, stderr} = await fed(Buffer.alloc(12_000_000, ' '));
    expect({code, stderr}).toEqual({
      code: 1,
      stderr: 'error: Standard input has more than 10 MB: an error of Smartcar is far smaller.\n',
    });
  });
});

/** Runs it as a person does. */
function inTerminal(args: string, env: NodeJS.ProcessEnv = {}): {status: number | null; stdout: string} {
  // Where CI is set, if only to nothing, Node takes every terminal for one without colours.
  const {NO_COLOR: _no, FORCE_COLOR: _force, CI: _ci, ...rest} = process.env;
  const command = `${process.execPath} --conditions=smartcar-policy:source src/cli/main.ts explain ${args}`;
  const {status, stdout} = spawnSync('script', ['-qec', command, '/dev/null'], {
    env: {...rest, TERM: 'xterm-256color', ...env},
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return {status, stdout};
}

describe.skipIf(skipsWithout('Tests of the report in a terminal', ['script']))('in a terminal', () => {
  const file = inFile('there.json', asleep);

  it('has colours, unless somebody wants none', () => {
    expect(inTerminal(file).stdout).toContain('\u001b[1m\u001b[33mVEHICLE_STATE:ASLEEP, 409');
    expect(inTerminal(`${file} --no-color`).stdout).toMatch(/^VEHICLE_STATE:ASLEEP, 409\r\nwhat /);
    expect(inTerminal(file, {NO_COLOR: '1'}).stdout).toMatch(/^VEHICLE_STATE:ASLEEP, 409\r\nwhat /);
  });

  it('does not wait for an error to be typed', () => {
    const {status, stdout} = inTerminal('');
    expect(status).toBe(2);
    expect(stdout).toMatch(
      /^error: Expected a file, an error on standard input, or --status; --help says more\./,
    );
  });
});

it('names each exit code in its help', async () => {
  const {code, stdout} = await run('explain', '--help');
  expect(code).toBe(0);
  expect(stdout).toContain('0 nobody, 10 owner, 11 developer, 12 support, 13 finance');
  expect(readFileSync('docs/explain.md', 'utf8')).toContain('smartcar-policy explain');
});
