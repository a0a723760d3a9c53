import type {Page} from 'playwright-core';
import {onTestFinished} from 'vitest';
import {startDemonstration, type Demonstration} from '../../examples/web/demonstration.ts';

export interface Garage extends Pick<Demonstration, 'app' | 'simulator'> {
  /** The id of the first, second or third car. */
  readonly car: (at: number) => string;
}

/** The sample application in front of a simulator in which nobody has connected a car yet. Closed with the test. */
export async function garage(page: () => Page): Promise<Garage> {
  const models = ['Model 3', 'Model Y', 'Model S <b>&amp;</b>'];
  const {app, simulator, close} = await startDemonstration({everyMs: 200, models});
  onTestFinished(async () => {
    // A page that goes on listening would complain about the server that is gone.
    await page().goto('about:blank');
    await close();
  });
  const vehicles = simulator.owners().flatMap(owner => owner.vehicles);
  return {app, simulator, car: at => vehicles[at]?.id ?? ''};
}
