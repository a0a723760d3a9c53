import {REASONS} from '../../src/core/reasons.ts';

/** The closed set of reason codes, each with its sentence. */
export function reasonsTable(): string {
  const lines = Object.entries(REASONS).map(([code, sentence]) => `| \`${code}\` | ${sentence} |`);
  return ['| `reason` | what it means |', '| --- | --- |', ...lines].join('\n');
}
