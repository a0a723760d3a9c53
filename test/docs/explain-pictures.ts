// The pictures of docs/explain.md: what its commands print on what stands above them. Drawn anew by
// `npx node --conditions=smartcar-policy:source test/docs/explain-pictures.ts`; a test holds them equal.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {always} from '../../src/cli/report-layout.ts';
import {explained, somewhere} from '../cli/explain-support.ts';
import {terminalPicture} from './terminal-picture.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');

/** One example of the page: a body, a command, a picture. */
export interface Example {
  /** The heading. */
  readonly about: string;
  /** The name of the file in the command. */
  readonly file: string;
  readonly body: string;
  readonly command: string;
  /** Below `docs/`. */
  readonly picture: string;
}

export interface Drawn extends Example {
  readonly code: number | undefined;
  readonly svg: string;
}

const pattern =
  /^### (.+)\n[^]*?^```json\n([^]*?)^```\n[^]*?^```sh\n(npx smartcar-policy explain (\S+)[^]*?)^```\n[^]*?^!\[[^\]]*\]\((pictures\/\S+\.svg)\)/gm;

export function examples(): readonly Example[] {
  const page = readFileSync(join(docs, 'explain.md'), 'utf8');
  return [...page.matchAll(pattern)].map(
    ([, about = '', body = '', command = '', file = '', picture = '']) => ({
      about,
      file,
      body,
      command: command.trim(),
      picture,
    }),
  );
}

export async function drawn(example: Example): Promise<Drawn> {
  const {about, file, body, command} = example;
  const folder = mkdtempSync(join(tmpdir(), 'smartcar-policy-picture-'));
  try {
    writeFileSync(join(folder, file), body);
    const args = words(command)
      .slice(3)
      .map(word => (word === file ? join(folder, file) : word));
    const {text, code} = await explained(args, {...somewhere(), paint: always});
    const asked = command
      .split('\n')
      .map((one, at) => `${at === 0 ? '$' : '>'} ${one}`)
      .join('\n');
    return {...example, code, svg: terminalPicture(`The report about ${about}`, `${asked}\n\n${text}`)};
  } finally {
    rmSync(folder, {recursive: true});
  }
}

/** As a shell divides them: quotes, and a backslash at the end of a line. */
function words(command: string): readonly string[] {
  return [...command.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, inQuotes, bare = '']) => inQuotes ?? bare,
  );
}

export async function writePictures(): Promise<void> {
  for (const example of examples()) {
    const {picture, svg} = await drawn(example);
    const path = join(docs, picture);
    if (read(path) === svg) continue;
    writeFileSync(path, svg);
    console.log(`docs/${picture} drawn anew`);
  }
}

export function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

if (import.meta.main) await writePictures();
