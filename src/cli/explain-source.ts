import {createReadStream} from 'node:fs';

/** No error of Smartcar's comes near it. */
const mostBytes = 10_000_000;

/** Why a file can't be read, where the platform's word for it says little. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file (a text goes in by standard input)',
  EISDIR: 'it is a folder',
  EACCES: 'it is not for us to read',
  ENAMETOOLONG: 'no file has such a name (a text goes in by standard input)',
};

/** How a message calls what was read. */
export function nameOf(file: string | undefined): string {
  return file === undefined || file === '-' ? 'standard input' : `\`${file}\``;
}

/** The same at the beginning of a sentence. */
export function begun(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The text of a file, or of standard input. Its errors are sentences that name it. */
export async function sourceText(
  file: string | undefined,
  stdin: AsyncIterable<Uint8Array | string>,
): Promise<string> {
  const name = nameOf(file);
  const bytes = await read(file === undefined || file === '-' ? stdin : createReadStream(file), name);
  try {
    const text = new TextDecoder('utf-8', {fatal: true}).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Said below.
  }
  throw new TypeError(`Expected ${name} to be text in UTF-8, got other bytes.`);
}

async function read(source: AsyncIterable<Uint8Array | string>, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of source) {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes);
      size += bytes.length;
      if (size > mostBytes) break;
    }
  } catch (error) {
    const {code = String(error)} = error as NodeJS.ErrnoException;
    throw new Error(`${begun(name)} can't be read: ${reasons[code] ?? code}.`, {cause: error});
  }
  if (size <= mostBytes) return Buffer.concat(chunks);
  throw new RangeError(
    `${begun(name)} has more than ${mostBytes / 1e6} MB: an error of Smartcar is far smaller.`,
  );
}
