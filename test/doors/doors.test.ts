import {describe, expect, test} from 'vitest';
import {doors, open} from './harness.ts';
import {scenarios} from './scenarios.ts';

for (const version of ['v2', 'v3'] as const) {
  describe.each(doors)(`through $name, on ${version}`, door => {
    test.each(scenarios)('$name', async scenario => {
      expect.hasAssertions();
      await scenario.test(await open(version), door);
    });
  });
}
