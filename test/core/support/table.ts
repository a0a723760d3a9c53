import {readFileSync} from 'node:fs';
import type {Row} from '../../../src/core/catalogue/row.ts';

/** A row of the table of errors, as it was written down from the documentation and the field. */
export interface DocumentedRow extends Row {
  readonly resolution: string | null;
  readonly resolutionUrl?: string;
}

const file = new URL('../../data/smartcar-errors.json', import.meta.url);

export const DOCUMENTED: readonly DocumentedRow[] = JSON.parse(readFileSync(file, 'utf8')) as DocumentedRow[];

export function nameOf({api, type, code, status}: Row): string {
  return `${api} ${type ?? 'no type'}:${code ?? 'no code'} ${status ?? 'no status'}`;
}
