import * as fc from 'fast-check';

/** Looks for an input that breaks a property; returns how it looked and how to find it again, or nothing. */
export function counterexample<Input>(property: fc.IProperty<Input>, numRuns: number): string | undefined {
  const details = fc.check(property, {numRuns});
  return details.failed ? fc.defaultReportMessage(details) : undefined;
}
