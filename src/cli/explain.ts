import {type Command, InvalidArgumentError} from 'commander';
import {EXIT_CODES} from './explain-codes.ts';
import type {Given} from './explain-question.ts';
import type {Place} from './explain-run.ts';
import {numberFrom} from './numbers.ts';
import {oneLine} from './print.ts';

const codes = Object.entries(EXIT_CODES)
  .toReversed()
  .map(([needs, code]) => `${code} ${needs}`)
  .join(', ');

const more = `
It reads the body of an error, an object with \`request\` and \`response\` as a log has it, what
\`curl -i\` prints, or the URL to which Connect sent an owner back. Flags win over what it says.

Examples:
  $ smartcar-policy explain error.json --url https://api.smartcar.com/v2.0/vehicles/1234/odometer
  $ curl -si "$url" -H "$auth" | smartcar-policy explain --url "$url" --request-header "$auth"
  $ smartcar-policy explain --status 503 --json < /dev/null

Exit codes, by who has to act: ${codes}.
Of several parts the one counts that blocks most: ${Object.keys(EXIT_CODES).join(', ')}.
1: it can't be read, or there is no error in it. 2: the command is wrong.`;

/** The options as commander reads them; nothing that can hold a secret is checked there, as it prints what it refuses. */
interface Flags extends Omit<Given, 'headers' | 'requestHeaders'> {
  readonly header?: readonly string[];
  readonly requestHeader?: readonly string[];
}

/** `smartcar-policy explain`: what an error means, who has to act, and what the policy would do. */
export function addExplain(program: Command, place?: Place): void {
  program
    .command('explain')
    .description('Says what an error of Smartcar means, who has to act, and what the policy would do.')
    .argument('[file]', 'the error; - or nothing for standard input')
    .allowExcessArguments()
    .configureOutput({
      outputError: (text, write) =>
        write(`${oneLine(text.replace(/(unknown option '[^=']*=).*'/s, "$1…'"))}\n`),
    })
    .option(
      '-s, --status <code>',
      'the HTTP status it came with; alone, the status is explained',
      numberFrom(
        'a status from 100 to 599',
        value => Number.isInteger(value) && value >= 100 && value <= 599,
      ),
    )
    .option('--header <line>', "a header of the response, such as 'retry-after: 60' (repeatable)", collected)
    .option('-u, --url <url>', 'the URL that was asked; a path will do')
    .option('-X, --method <method>', 'its method (default: GET, with --body POST)', methodFrom)
    .option(
      '--request-header <line>',
      'a header of the request (repeatable); credentials are looked at, and never printed',
      collected,
    )
    .option('--body <text>', 'the body of the request')
    .option('--app <name>', 'the name of your product, for the message to the owner')
    .option('--locale <tag>', 'the language in which to write the time, such as de-DE', localeFrom)
    .option('--json', 'print the explanation as one JSON object')
    .option('--no-color', 'print without colours, as where standard output is no terminal')
    .addHelpText('after', more)
    .action(async (file: string | undefined, flags: Flags, command: Command) => {
      const refuse = (expected: string): never => command.error(`error: Expected ${expected}.`);
      // Commander would print them all, and a header without quotes around it is among them.
      if (command.args.length > 1) refuse('one file; a value with spaces in it needs quotes');
      const {header, requestHeader, ...rest} = flags;
      const {url, app} = rest;
      if (app === '') refuse('--app to be a name');
      if (url !== undefined && !url.startsWith('/') && !URL.canParse(url)) {
        refuse('--url to be a whole URL, or a path that begins with a slash');
      }
      const headers =
        headersFrom(header) ?? refuse("--header to be a name and a value, such as 'retry-after: 60'");
      const requestHeaders =
        headersFrom(requestHeader) ??
        refuse("--request-header to be a name and a value, such as 'sc-user-id: 1234'");
      const {explainOnce, isThere, thisProcess} = await import('./explain-run.ts');
      const given: Given = {...rest, headers, requestHeaders};
      const here = place ?? thisProcess;
      if (!isThere(file, given, here)) {
        refuse('a file, an error on standard input, or --status; --help says more');
      }
      await explainOnce(file, given, here);
    });
}

function collected(line: string, before: readonly string[] = []): readonly string[] {
  return [...before, line];
}

function methodFrom(text: string): string {
  if (/^[a-z]{3,10}$/i.test(text)) return text.toUpperCase();
  throw new InvalidArgumentError('Expected a method of HTTP, such as POST.');
}

function localeFrom(text: string): string {
  try {
    const [locale] = Intl.getCanonicalLocales(text);
    if (locale !== undefined) return locale;
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('Expected a language tag, such as de-DE.');
}

/** `undefined` where one is no header at all. */
function headersFrom(lines: readonly string[] = []): Headers | undefined {
  const headers = new Headers();
  try {
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^:]+):(.*)$/s.exec(line) ?? [];
      headers.append(name.trim(), value.trim());
    }
    return headers;
  } catch {
    return undefined;
  }
}
