import {accessSync, constants, existsSync, readFileSync, statSync} from 'node:fs';
import {dirname} from 'node:path';
import type {PolicyOptions} from '../index.ts';

/** What stands in the way of a file, where the platform's word for it says little. */
const FOUND: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'a folder',
  EACCES: 'one that is not for us to read',
};

/** The options in a JSON file. Its errors repeat nothing of what it says: there may be secrets in it. */
export function optionsIn(file: string): PolicyOptions {
  const value = jsonIn(file);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  const got = Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
  throw new Error(`Expected \`${file}\` to hold an object of options, got ${got}.`);
}

function jsonIn(file: string): unknown {
  const text = textOf(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    const [place = ''] = / at position \d+/.exec((error as Error).message) ?? [];
    throw new Error(`Expected \`${file}\` to hold JSON, got something else${place}.`, {cause: error});
  }
}

/** Without the mark that some editors put before UTF-8. */
function textOf(file: string): string {
  const bytes = bytesOf(file);
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch (error) {
    throw new TypeError(`Expected \`${file}\` to be text in UTF-8, got other bytes.`, {cause: error});
  }
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const {code = String(error)} = error as NodeJS.ErrnoException;
    throw new Error(`Expected \`${file}\` to be a file of options as JSON, got ${FOUND[code] ?? code}.`, {
      cause: error,
    });
  }
}

/** Throws unless a page can be written to this place, without writing anything. */
export function checkPage(file: string): void {
  const got = obstacleTo(file);
  if (got !== undefined) throw new Error(`Expected \`${file}\` to be a file for the page, got ${got}.`);
}

function obstacleTo(file: string): string | undefined {
  if (existsSync(file)) {
    if (statSync(file).isDirectory()) return 'a folder';
    return isWritable(file) ? undefined : 'one that is not for us to write';
  }
  const folder = dirname(file);
  if (!existsSync(folder)) return 'a folder that does not exist';
  if (!statSync(folder).isDirectory()) return 'a folder that is a file';
  return isWritable(folder) ? undefined : 'a folder that is not for us to write to';
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
