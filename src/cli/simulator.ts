import {type Command, Option} from 'commander';
import {limitsFrom} from './limits-spec.ts';
import {numberFrom} from './numbers.ts';
import type {Given} from './run-simulator.ts';

/** SCAR on the keys of a telephone. */
const defaultPort = 7227;

/** Six origins in a row have to end here. */
const lastPort = 65_535;

const examples = `
Examples:
  $ smartcar-policy simulator --seed 1 --limits smartcar --journal
  $ smartcar-policy simulator --scenario week.json --speed 3600 --quiet > smartcar.env &

It says where the pages of Connect are, and where its control, which takes and gives JSON.
SIGINT (Ctrl+C), SIGTERM and SIGHUP end it; a second one ends it at once.`;

/** `smartcar-policy simulator`: a Smartcar until it is told to stop. */
export function addSimulator(program: Command): void {
  program
    .command('simulator')
    .description('Starts a Smartcar on this machine: v2, v3, both token endpoints, Connect, webhooks.')
    .option(
      '-p, --port <port>',
      'the port, or the first of six with several origins; 0 for any free one',
      numberFrom(
        `a whole number from 0 to ${lastPort}`,
        value => Number.isInteger(value) && value >= 0 && value <= lastPort,
      ),
      defaultPort,
    )
    .addOption(
      new Option('--origins <how>', 'one origin for every host of Smartcar, or one each')
        .choices(['one', 'several'])
        .default('one'),
    )
    .option(
      '--seed <number>',
      'what ids, tokens and chance follow from (default: another one each time)',
      numberFrom('a whole number', Number.isSafeInteger),
    )
    .option(
      '--speed <factor>',
      'how many times faster than the clock the time runs (default: 1)',
      numberFrom('a number above 0, up to 1e9', value => value > 0 && value <= 1e9),
    )
    .option(
      '--latency <ms>',
      'how long each answer of an API takes, in the simulated time (default: 0)',
      numberFrom('a number of milliseconds from 0 up', value => value >= 0 && Number.isFinite(value)),
    )
    .option(
      '--limits <spec>',
      'smartcar, off, or a list such as application=120/2,vehicle=10/60s,maker=20/10m,monthly=500 ' +
        '(application: size/per minute; vehicle, maker: size/one back after; default: off)',
      limitsFrom,
    )
    .option(
      '--scenario <file>',
      'who is there and what happens, as JSON; the options above win over what it says',
    )
    .addOption(
      new Option('--pages <who>', 'who gets the pages of Connect; others are sent back at once')
        .choices(['browsers', 'everybody', 'nobody'])
        .default('browsers'),
    )
    .option('--journal', 'tell each request in a line on stderr')
    .option('-q, --quiet', 'print nothing but the exports, to be read by a shell')
    .addOption(
      new Option('--json', 'print JSON lines for programs, those of --journal among them').conflicts('quiet'),
    )
    .addHelpText('after', examples)
    .action(async (given: Given, command: Command) => {
      if (given.origins === 'several' && given.port > lastPort - 5) {
        command.error(
          `error: Expected --port to leave room for six origins in a row, up to ${lastPort - 5}, got ${given.port}.`,
        );
      }
      // Loaded late: `--help` needs no simulator.
      const {runSimulator} = await import('./run-simulator.ts');
      await runSimulator(given);
    });
}
