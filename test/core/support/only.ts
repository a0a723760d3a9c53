import {expect} from 'vitest';
import type {Evidence, ReadContext} from '../../../src/core/evidence/evidence.ts';
import {readEvidence} from '../../../src/core/evidence/read.ts';

/** The one piece of evidence in a subject that has no other. */
export function only(subject: unknown, context: ReadContext = {}): Evidence {
  const evidence = readEvidence(subject, context);
  expect(evidence).toHaveLength(1);
  return evidence[0]!;
}
