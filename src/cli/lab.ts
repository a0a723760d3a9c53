import {writeFileSync} from 'node:fs';
import {Argument, type Command} from 'commander';
import {checkPage, optionsIn} from './lab-files.ts';
import {numberFrom} from './numbers.ts';
import {complain, quoted, say} from './print.ts';

/** What was typed. */
interface Given {
  readonly seed: number;
  readonly cars?: number;
  readonly hours?: number;
  readonly options?: string;
  readonly html?: string;
  readonly json?: true;
  readonly quiet?: true;
}

const NAMES = [
  'steady',
  'burst',
  'tokens',
  'brown-out',
  'maker-outage',
  'collapse',
  'revoked',
  'quota',
  'restart',
];

const HOUR_MS = 3_600_000;

const examples = `
Examples:
  $ smartcar-policy lab
  $ smartcar-policy lab burst --html burst.html
  $ smartcar-policy lab steady --cars 100000 --hours 24
  $ smartcar-policy lab collapse --options policy.json

The options of --options are those of createPolicy, as JSON: a further row, "smartcar-policy, yours".
Nothing is sent anywhere: the service is a model in memory, and time is virtual.`;

/** `smartcar-policy lab`: what each policy costs, in virtual time. */
export function addLab(program: Command): void {
  program
    .command('lab')
    .description(
      'Runs this policy and others on a simulated Smartcar in virtual time, and says what each costs.',
    )
    .addArgument(new Argument('[scenarios...]', 'which of them (default: all)').choices(NAMES))
    .option(
      '--seed <number>',
      'what chance follows from',
      numberFrom('a whole number', Number.isSafeInteger),
      1,
    )
    .option(
      '--cars <number>',
      'so many cars, in place of the number that each scenario has',
      numberFrom(
        'a whole number from 1 to 1000000',
        value => Number.isInteger(value) && value >= 1 && value <= 1e6,
      ),
    )
    .option(
      '--hours <number>',
      'so many hours of virtual time, in place of what each scenario takes',
      numberFrom('a number above 0, up to 9000', value => value > 0 && value <= 9_000),
    )
    .option('--options <file>', 'options of createPolicy as JSON, tried beside the others')
    .option('--html <file>', 'write one page with pictures')
    .option('--json', 'print the raw numbers as JSON, in place of the tables')
    .option('-q, --quiet', 'say nothing of the progress on stderr')
    .addHelpText('after', examples)
    .action(async (names: readonly string[], given: Given) => {
      const options = given.options === undefined ? undefined : optionsIn(given.options);
      if (given.html !== undefined) checkPage(given.html);
      // Loaded late: `--help` needs no lab.
      const {checkOptions, runLab, table} = await import('../lab/lab.ts');
      if (given.options !== undefined && options) await inFile(given.options, () => checkOptions(options));
      const report = await runLab({
        scenarios: names.length > 0 ? [...new Set(names)] : NAMES,
        seed: given.seed,
        size: {
          ...(given.cars !== undefined && {cars: given.cars}),
          ...(given.hours !== undefined && {durationMs: given.hours * HOUR_MS}),
        },
        ...(options && {options}),
        command: commandOf(names, given),
        progress: what => (given.quiet === true ? undefined : complain(`${what}\n`)),
      });
      if (given.json === true) say(`${JSON.stringify(report, undefined, 2)}\n`);
      else say(`${report.scenarios.map(scenario => table(scenario)).join('\n\n')}\n`);
      if (given.html !== undefined) {
        const {page} = await import('../lab/show/page.ts');
        writeFileSync(given.html, page(report));
      }
    });
}

/** What `createPolicy` has against them is said at once, and not when a thread comes to it. */
async function inFile(file: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, {cause: error});
  }
}

function commandOf(names: readonly string[], {seed, cars, hours, options}: Given): string {
  return [
    'npx smartcar-policy lab',
    ...names,
    `--seed ${seed}`,
    ...(cars === undefined ? [] : [`--cars ${cars}`]),
    ...(hours === undefined ? [] : [`--hours ${hours}`]),
    ...(options === undefined ? [] : [`--options ${quoted(options)}`]),
  ].join(' ');
}
