import type {World} from '../../world.ts';
import {type Brand, brandsToChoose} from '../brands.ts';
import type {Flow} from '../flows.ts';
import {form} from './form.ts';
import {type Html, html} from './html.ts';
import type {PageParts} from './layout.ts';

/** Which maker the owner has an account at. */
export function brandPage(world: World, flow: Flow): PageParts {
  const {here, others} = brandsToChoose(world);
  return {
    title: 'Choose the brand of your car',
    body: html`<p>${flow.link.client} would like to connect to your car.</p>
      ${form(flow, html`${list('With cars in this simulator', here)}${list('Other brands', others)}`)}`,
  };
}

function list(heading: string, brands: readonly Brand[]): Html | undefined {
  if (brands.length === 0) return undefined;
  const items = brands.map(
    ({make, name}) => html`<li><button name="make" value="${make}">${name}</button></li>`,
  );
  return html`<h2>${heading}</h2>
    <ul class="brands">
      ${items}
    </ul>`;
}
