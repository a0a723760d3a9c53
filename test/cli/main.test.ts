import {readFileSync} from 'node:fs';
import {CommanderError} from 'commander';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {limitsFrom} from '../../src/cli/limits-spec.ts';
import {numberFrom} from '../../src/cli/numbers.ts';
import {oneLine, quoted} from '../../src/cli/print.ts';
import {createProgram} from '../../src/cli/program.ts';
import {run} from './process.ts';

describe('the command line', () => {
  test('says what can be done, and which version it is', async () => {
    const [help, more, version, nothing, stranger] = await Promise.all([
      run('--help'),
      run('help', 'simulator'),
      run('--version'),
      run(),
      run('simulate'),
    ]);
    expect(help).toMatchObject({code: 0, stderr: ''});
    expect(help.stdout).toMatch(/simulator \[options\]/);
    expect(more).toMatchObject({code: 0, stderr: ''});
    expect(more.stdout).toMatch(/--limits <spec>[^]*Examples:/);
    const {version: ours} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string};
    expect(version).toEqual({code: 0, stdout: `${ours}\n`, stderr: ''});
    expect(nothing).toMatchObject({code: 2, stdout: ''});
    expect(stranger).toEqual({
      code: 2,
      stdout: '',
      stderr: "error: unknown command 'simulate' (Did you mean simulator?)\n",
    });
  });
});

describe('options', () => {
  test.each([
    [['--port', '65536'], /--port.*Expected a whole number from 0 to 65535/],
    [
      ['--port', '65531', '--origins', 'several'],
      /Expected --port to leave room for six origins in a row, up to 65530, got 65531/,
    ],
    [['--prot', '1'], /unknown option '--prot' \(Did you mean --port\?\)/],
    [['--speed', '0'], /--speed.*Expected a number above 0/],
    [['--speed', '1e10'], /--speed.*Expected a number above 0, up to 1e9/],
    [['--seed', 'x'], /--seed.*'x'.*Expected a whole number/],
    [['--latency', '-1'], /--latency.*Expected a number of milliseconds from 0 up/],
    [['--pages', 'no'], /--pages.*Allowed choices are browsers, everybody, nobody/],
    [['--limits', 'vehicle=10'], /Expected `vehicle` to be a size and the time after which one comes back/],
    [['--json', '--quiet'], /cannot be used with/],
    [['now'], /too many arguments/],
  ])('%j is refused in one line', async (args, message) => {
    const said: string[] = [];
    const write = vi.spyOn(process.stderr, 'write').mockImplementation(text => said.push(String(text)) > 0);
    onTestFinished(() => write.mockRestore());
    const program = createProgram();
    await expect(program.parseAsync(['simulator', ...args], {from: 'user'})).rejects.toThrow(CommanderError);
    expect(said.join('')).toMatch(message);
    expect(said.join('').split('\n')).toHaveLength(2);
  });
});

test.each([
  ['10', 10],
  ['-3', -3],
  ['.5', 0.5],
  ['2.', 2],
  ['1e-3', 0.001],
  ['1E3', 1000],
])('the number %s is read as %d', (text, value) => {
  expect(numberFrom('a number', Number.isFinite)(text)).toBe(value);
});

test.each(['', ' 1', '1 ', '0x10', '1_000', '1,5', 'e3', '.', 'Infinity', '1e400'])(
  '%j is no number',
  text => {
    expect(() => numberFrom('a number', Number.isFinite)(text)).toThrow('Expected a number.');
  },
);

describe('limits on the command line', () => {
  const off = {application: false, vehicle: false, maker: false, monthly: false};
  test.each([
    ['smartcar', {application: {size: 120, perMinute: 2}}],
    ['off', off],
    ['application=5/0.5', {application: {size: 5, perMinute: 0.5}}],
    [
      'application=120/2,vehicle=10/60s,maker=20/10m,monthly=500',
      {
        application: {size: 120, perMinute: 2},
        vehicle: {size: 10, everyMs: 60_000},
        maker: {size: 20, everyMs: 600_000},
        monthly: {calls: 500},
      },
    ],
    [
      'smartcar,vehicle=1/1.5h',
      {application: {size: 120, perMinute: 2}, vehicle: {size: 1, everyMs: 5_400_000}},
    ],
    ['vehicle=3/250ms,application=off', {vehicle: {size: 3, everyMs: 250}, application: false}],
  ])('%s', (spec, limits) => {
    expect(limitsFrom(spec)).toEqual(limits);
  });

  test.each([
    ['', 'Expected smartcar, off, or a list of application, vehicle, maker, monthly, got ``.'],
    ['toString=1', 'got `toString=1`.'],
    [
      'application=120',
      'Expected `application` to be a size and how many come back per minute, such as 120/2, got `120`.',
    ],
    ['application=0/2', 'got `0/2`.'],
    ['application=1/0', 'got `1/0`.'],
    ['vehicle=10/60', 'such as 10/60s, got `10/60`.'],
    ['maker=10/0s', 'Expected `maker` to be'],
    ['monthly=many', 'Expected `monthly` to be a number of calls, such as 500, got `many`.'],
    ['monthly=1,monthly=2', 'Expected `monthly` once, got it twice.'],
  ])('%j is refused', (spec, message) => {
    expect(() => limitsFrom(spec)).toThrow(message);
  });
});

test('a value is quoted for the shell only where it has to be', () => {
  expect(quoted('http://127.0.0.1:7227')).toBe('http://127.0.0.1:7227');
  expect(quoted("it's $HOME")).toBe(String.raw`'it'\''s $HOME'`);
  expect(quoted('')).toBe("''");
});

test('a message is one line that moves no cursor', () => {
  expect(oneLine('one\n  two\u001b[2J\r\n')).toBe('one two\u{fffd}[2J');
});
