import type {GateState, OpenEpisode} from 'smartcar-policy';
import {html} from 'hono/html';
import type {Car, Value} from '../garage.ts';
import type {Drawn} from '../live.ts';
import {withoutLink} from '../smartcar.ts';
import {clockTime, countdown, layout, region, type Markup} from './layout.ts';

/** What the owner has to do, one paragraph for each open episode. */
export function banner(
  episodes: readonly OpenEpisode[],
  nameOf: (car: string) => string | undefined,
): Markup {
  return html`${episodes.map(episode => {
    const {vehicle, connectUrl} = episode;
    const name = vehicle === undefined ? 'Your cars' : (nameOf(vehicle) ?? 'Your car');
    return html`<div class="banner">
      <p><strong>${name}:</strong> ${withoutLink(episode.userMessage, episode.connectUrl)}</p>
      ${connectUrl === undefined ? '' : html`<p><a class="button" href="${connectUrl}">Reconnect</a></p>`}
    </div>`;
  })}`;
}

/** The cars as last read, or the way to the first one. */
export function carsRegion(
  cars: readonly Car[],
  gateOf: (car: string) => GateState | undefined,
  isAway: (car: string) => boolean,
): Markup {
  if (cars.length === 0 && isAway('')) {
    return html`<p>Your cars are back here as soon as you have connected them again.</p>`;
  }
  if (cars.length === 0) {
    return html`<p>There is no car here yet.</p>
      <p><a class="button" href="/connect">Connect a car</a></p>`;
  }
  return html`<ul class="cars">
    ${cars.map(
      car =>
        html`<li>
          <h2>${car.name}</h2>
          <dl>
            ${reading('Odometer', car.odometerKm, km => `${Math.round(km).toLocaleString('en')} km`)}
            ${reading('Battery', car.batteryShare, share => `${Math.round(share * 100)} %`)}
          </dl>
          ${state(car, gateOf(car.id), isAway(car.id))}
        </li>`,
    )}
  </ul>`;
}

function reading(name: string, value: Value | undefined, written: (value: number) => string): Markup {
  if (!value)
    return html`<div>
      <dt>${name}</dt>
      <dd>not read yet</dd>
    </div>`;
  return html`<div>
    <dt>${name}</dt>
    <dd><b>${written(value.value)}</b> <span class="quiet">${clockTime(value.at)}</span></dd>
  </div>`;
}

/** Why there is nothing newer, if so. */
function state({trouble}: Car, gate: GateState | undefined, away: boolean): Markup {
  if (away) return html`<p class="quiet">Waits until you have connected it again.</p>`;
  const until = gate?.until ?? trouble?.retryAt;
  const next = until === undefined ? '' : html` Next try ${countdown(until)}.`;
  if (trouble) return html`<p class="quiet">${trouble.message}${next}</p>`;
  if (gate?.until !== undefined) return html`<p class="quiet">Too many questions at once.${next}</p>`;
  if (gate?.rate) return html`<p class="quiet">Read as often as Smartcar allows.</p>`;
  return html`<p class="quiet">Up to date.</p>`;
}

export function ownerPage(drawn: ReadonlyMap<string, Drawn>, demo: Markup | undefined): Markup {
  return layout({
    title: 'My cars',
    path: '/',
    body: html`${region(drawn, 'banner', true)} ${region(drawn, 'cars')} ${demo ?? ''}`,
  });
}

/** Connect came back with nothing. `why`: of `PolicyError.callback`. */
export function notConnectedPage(why: string | undefined): Markup {
  return layout({
    title: 'Your car is not connected',
    path: '/callback',
    body: html`<p>${WORDS.get(why ?? '') ?? 'Something went wrong on the way. Please try again.'}</p>
      <p><a class="button" href="/">Back to my cars</a></p>`,
  });
}

const USED = 'This link does not work any more. Please start again from your cars.';

const WORDS: ReadonlyMap<string, string> = new Map([
  ['state-missing', USED],
  ['state-forged', USED],
  ['state-expired', USED],
  ['state-spent', USED],
  ['another-session', 'This was begun in another browser. Please start again from your cars.'],
  ['another-vehicle', 'That was another car than the one to reconnect. Please try again with that one.'],
  ['try-again', 'The connection to Smartcar is down. Please reload this page in a moment.'],
  ['access_denied', 'You have not allowed it. You can connect your car whenever you like.'],
  ['user_manually_returned_to_application', 'You came back before the end. Please try again.'],
  ['oem_cancelled_login', 'The login at the maker was cancelled. Please try again.'],
  ['vehicle_incompatible', 'This car cannot be connected.'],
  ['invalid_subscription', 'The subscription at the maker does not cover it. Please renew it first.'],
  ['no_vehicles', 'There is no car in your account at the maker. Please add it there first.'],
]);
