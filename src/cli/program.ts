import {readFileSync} from 'node:fs';
import {Command} from 'commander';
import {addExplain} from './explain.ts';
import {addLab} from './lab.ts';
import {complain, oneLine, say} from './print.ts';
import {addSimulator} from './simulator.ts';

/** Every command. Throws where commander would end the process, after having said why. */
export function createProgram(): Command {
  const program = new Command('smartcar-policy')
    .description('Calls to the Smartcar API that do what the error says, and a Smartcar to try them on.')
    .version(version(), '-V, --version', 'say which version this is')
    .helpOption('-h, --help', 'say what can be done')
    .helpCommand('help [command]', 'say what can be done with it')
    .exitOverride()
    .configureOutput({
      writeOut: say,
      writeErr: complain,
      outputError: (text, write) => write(`${oneLine(text)}\n`),
    });
  addSimulator(program);
  addExplain(program);
  addLab(program);
  return program;
}

function version(): string {
  // As far from the sources as from what is built of them.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as {readonly version: string}).version;
}
