import type {OwnerState} from '../../fleet/owner.ts';
import type {Car} from '../../fleet/vehicle.ts';
import type {World} from '../../world.ts';
import {type Problem, accountsOf} from '../accounts.ts';
import {findBrand, normalMake} from '../brands.ts';
import type {Flow} from '../flows.ts';
import {canChangeBrand} from '../journey.ts';
import {complaint, endButton, form} from './form.ts';
import {type Html, html} from './html.ts';
import type {PageParts} from './layout.ts';

/** How a login page came to be shown again. */
export interface Retry {
  readonly email: string;
  readonly problem: Problem;
}

/** How many accounts the page names. */
const mostHints = 20;

/** The maker's login, the first time. */
export function loginPage(world: World, flow: Flow, make: string, retry?: Retry): PageParts {
  const name = nameOf(world, make);
  const another = html`<button name="another-brand" value="yes">Choose another brand</button>`;
  return {
    title: `Log in to ${name}`,
    body: html`<p>Use the login of your ${name} app.</p>
      ${form(flow, html`${fields(world, flow, accountsOf(world, make), retry)}${canChangeBrand(world, flow.link) ? another : undefined}`)}
      ${hints(accountsOf(world, make), flow)}`,
  };
}

/** The maker's login again, for a car whose login has stopped working. */
export function reloginPage(
  world: World,
  flow: Flow,
  {owner, car: {state}}: {readonly owner: OwnerState; readonly car: Car},
  retry?: Retry,
): PageParts {
  const name = nameOf(world, normalMake(state.make));
  return {
    title: `Log in to ${name} again`,
    body: html`<p>
        The login of your car has stopped working: <strong>${name} ${state.model}, ${state.year}</strong>. Log
        in with the account that has this car.
      </p>
      ${form(flow, fields(world, flow, [owner], retry))} ${hints([owner], flow)}`,
  };
}

function fields(world: World, flow: Flow, accounts: readonly OwnerState[], retry?: Retry): Html {
  const email = retry?.email ?? world.fleet.owners.get(flow.link.user ?? '')?.email ?? '';
  const field = retry?.problem.field;
  const options = accounts
    .slice(0, mostHints)
    .map(account => html`<option value="${account.email}"></option>`);
  return html`<div class="field">
      <label for="email">Email address</label>
      <input
        id="email"
        name="email"
        type="email"
        value="${email}"
        list="accounts"
        autocomplete="username"
        required${complaint(field === 'email')}
      />
      <datalist id="accounts">${options}</datalist>
    </div>
    <div class="field">
      <label for="password">Password</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="current-password"
        required${complaint(field === 'password')}
      />
    </div>
    <button class="first">Log in</button>
    ${endButton('oem_cancelled_login', 'Cancel')}`;
}

function hints(accounts: readonly OwnerState[], {link}: Flow): Html {
  const items = accounts
    .slice(0, mostHints)
    .map(
      ({email, password}) =>
        html`<li>${email}${password === undefined ? ', any password' : ', its own password'}</li>`,
    );
  const more =
    accounts.length > mostHints ? html`<p>And ${accounts.length - mostHints} more.</p>` : undefined;
  const list =
    items.length === 0
      ? html`<p>None of this brand.</p>`
      : html`<ul>
            ${items}
          </ul>
          ${more}`;
  return html`<section class="quiet">
    <h2>Accounts in this simulator</h2>
    ${list}
    <p>${aboutTestLogins(link.mode)}</p>
  </section>`;
}

function aboutTestLogins(mode: string): string {
  return mode === 'live'
    ? 'Test logins, and addresses that nobody has added, need a link with mode=simulated.'
    : 'In this mode test logins and new addresses work as well, with any password.';
}

function nameOf(world: World, make: string): string {
  return findBrand(world, make)?.name ?? make;
}
