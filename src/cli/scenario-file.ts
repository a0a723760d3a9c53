import {readFile} from 'node:fs/promises';
import {type Scenario, readScenario} from '../simulator/index.ts';

/** Why a file can't be read, where the platform's word for it says little. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it is not for us to read',
};

/** Reads the scenario of a file. Its errors name the file, and what is wrong with it. */
export async function scenarioFrom(file: string): Promise<Scenario> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const {code = String(error)} = error as NodeJS.ErrnoException;
    throw new Error(`The scenario \`${file}\` can't be read: ${reasons[code] ?? code}.`, {cause: error});
  }
  return inFile(file, () => readScenario(textOf(bytes)));
}

/** Names the file in whatever goes wrong with what it says. */
export function inFile<Result>(file: string | undefined, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (file === undefined) throw error;
    throw new Error(`${file}: ${(error as Error).message}`, {cause: error});
  }
}

/** As the shells of Windows write files, they are often no UTF-8. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch (error) {
    throw new TypeError('Expected the scenario to be text in UTF-8, got other bytes.', {cause: error});
  }
}
