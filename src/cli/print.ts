/**
 * Whoever reads our output may stop reading, as `head` does; that ends the output and nothing else. A full disk ends no
 * more than that, but makes the end a failure.
 */
export function survivePipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({code = 'unknown'}: NodeJS.ErrnoException) => {
      if (code === 'EPIPE') return;
      if (stream === process.stdout && process.exitCode === undefined) {
        complain(`error: The output can't be written: ${code}\n`);
      }
      process.exitCode = 1;
    });
  }
}

export function say(text: string): void {
  process.stdout.write(text);
}

export function complain(text: string): void {
  process.stderr.write(text);
}

export function oneLine(text: string): string {
  return printable(text.trim().replaceAll(/\s*\n\s*/g, ' '));
}

/** Names come from files and from requests: none may move the cursor, or end a comment. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}

/** A value as a shell reads it back. */
export function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
