// What only the demonstration has: it makes the simulated Smartcar, its cars and its owner misbehave. A product has
// the world for that.
import {html} from 'hono/html';
import type {Simulator} from 'smartcar-policy/simulator';
import type {Drawn} from './live.ts';
import {region, type Markup} from './pages/layout.ts';
import type {Named, Reader} from './smartcar.ts';

export interface Demo {
  readonly panel: (drawn: ReadonlyMap<string, Drawn>) => Markup;
  /** Parts of the panel that change by themselves. */
  readonly regions: (cars: () => readonly Named[]) => Readonly<Record<string, () => Markup>>;
  /** Makes something go wrong. What it does not know does nothing. */
  readonly apply: (trouble: string, car: string, reader: Reader) => void;
  readonly close: () => void;
}

interface Trouble {
  readonly button: string;
  readonly said: string;
  readonly happen: (car: string, reader: Reader) => void;
}

const DRIVE_MS = 2_000;

export function createDemo(simulator: Simulator, owner: string): Demo {
  const troubles = new Map<string, Trouble>([
    [
      'consent',
      {
        button: 'The owner takes consent back',
        said: 'Consent is gone: no token of the owner works any more. The reads wait for the owner.',
        happen: () => simulator.revoke({owner, how: 'grant'}),
      },
    ],
    [
      'login',
      {
        button: 'The login at the maker is lost',
        said: 'The login of this car is lost. The other cars go on.',
        happen: vehicle => simulator.revoke({owner, how: 'login', vehicle}),
      },
    ],
    [
      'asleep',
      {
        button: 'The car falls asleep',
        said: 'The car sleeps for some twenty seconds; nobody wakes it by asking all the time.',
        happen: vehicle => void simulator.next({vehicle, times: 2}, {error: 'VEHICLE_STATE:ASLEEP'}),
      },
    ],
    [
      'limit',
      {
        button: 'Too many calls to the car',
        said: 'Smartcar wants five seconds between calls to this car, and gets them.',
        happen: vehicle => void simulator.next({vehicle}, {error: 'RATE_LIMIT:VEHICLE', retryAfter: 5}),
      },
    ],
    [
      'crowd',
      {
        button: 'Twenty readers at once',
        said: 'Twenty readers want the odometer of this car; the operator’s page shows how many requests that took.',
        happen(vehicle, reader) {
          for (let readers = 0; readers < 20; readers += 1) void reader.odometer(vehicle);
        },
      },
    ],
  ]);
  let said = '';

  // A car that stands still makes a dull page.
  const driving = setInterval(() => {
    for (const {vehicles} of simulator.owners()) {
      for (const {id} of vehicles) {
        const {odometerKm, batteryLevel} = simulator.vehicle(id);
        const level = batteryLevel > 0.1 ? batteryLevel - 0.003 : 0.9;
        simulator.updateVehicle(id, {odometerKm: odometerKm + 1, batteryLevel: level});
      }
    }
  }, DRIVE_MS);

  return {
    apply(name, car, reader) {
      const trouble = troubles.get(name);
      const known = simulator.owners().some(({vehicles}) => vehicles.some(({id}) => id === car));
      if (!trouble || !known) return;
      trouble.happen(car, reader);
      said = trouble.said;
    },
    regions: cars => ({
      'demo-cars': () =>
        cars().length === 0
          ? html`<p>Connect a car first.</p>`
          : html`<label for="car">Car</label>
              <select id="car" name="car">
                ${cars().map(({id, name}) => html`<option value="${id}">${name}</option>`)}
              </select>`,
      'demo-said': () => html`<p>${said}</p>`,
    }),
    panel: drawn =>
      html`<aside aria-labelledby="demo-name">
        <h2 id="demo-name">Demo: what can go wrong</h2>
        <p class="quiet">
          Smartcar is simulated on this machine, and these buttons steer the simulator. On Connect’s pages the
          email address is ada@example.com, the password anything.
        </p>
        <form method="post" action="/demo" data-stay>
          ${region(drawn, 'demo-cars')}
          <div class="troubles">
            ${[...troubles].map(
              ([name, {button}]) => html`<button name="trouble" value="${name}">${button}</button>`,
            )}
          </div>
        </form>
        ${region(drawn, 'demo-said', true)}
      </aside>`,
    close: () => clearInterval(driving),
  };
}
