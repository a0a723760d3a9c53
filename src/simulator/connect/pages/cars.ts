import type {Car} from '../../fleet/vehicle.ts';
import type {Problem} from '../accounts.ts';
import type {Flow} from '../flows.ts';
import {describedBy, form} from './form.ts';
import {html} from './html.ts';
import type {PageParts} from './layout.ts';

/** Which of the account's cars the application gets to see: one, or as many as the owner likes. */
export function carsPage(flow: Flow, cars: readonly Car[], problem?: Problem): PageParts {
  const {client, singleSelect} = flow.link;
  const type = singleSelect ? 'radio' : 'checkbox';
  const ticked = !singleSelect || cars.length === 1;
  const items = cars.map(
    ({state: {id, make, model, year, vin}}, index) =>
      html`<div class="tick">
        <input
          type="${type}"
          name="car"
          id="car-${index}"
          value="${id}"
          ${ticked ? html` checked` : undefined}
        />
        <label for="car-${index}">${make} ${model}, ${year}<br /><span class="quiet">VIN ${vin}</span></label>
      </div>`,
  );
  return {
    title: singleSelect ? 'Choose your car' : 'Choose your cars',
    body: form(
      flow,
      html`<fieldset${describedBy(problem?.field === 'car')}>
<legend>${singleSelect ? `The car to connect to ${client}` : `Cars to connect to ${client}`}</legend>
${items}
</fieldset>
<button class="first">Continue</button>`,
    ),
  };
}
