import type {Problem} from '../accounts.ts';
import type {Flow, Step} from '../flows.ts';
import type {Wish} from '../link.ts';
import {describedBy, endButton, form} from './form.ts';
import {type Html, html} from './html.ts';
import type {PageParts} from './layout.ts';
import {wordsFor} from './permission-words.ts';

/** What the application may do with the cars. A permission that it can't do without stays ticked. */
export function consentPage(
  flow: Flow,
  {cars, wishes}: Extract<Step, {readonly name: 'consent'}>,
  problem?: Problem,
): PageParts {
  const {client} = flow.link;
  const names = cars.map(({state}) => html`<li>${state.make} ${state.model}, ${state.year}</li>`);
  const asked =
    wishes.length === 0
      ? html`<p>It asks for no permission.</p>`
      : html`<fieldset${describedBy(problem?.field === 'grant')}>
<legend>${client} would be able to</legend>
${wishes.map(wish => tick(wish))}
</fieldset>`;
  return {
    title: `Allow access for ${client}`,
    body: html`<p>${client} asks for access to:</p>
      <ul>
        ${names}
      </ul>
      ${form(
        flow,
        html`${asked}
          <button class="first">Allow</button>
          ${endButton('access_denied', 'Deny')}`,
      )}`,
  };
}

/** A disabled box is not sent; the server knows what is required. */
function tick({permission, required}: Wish): Html {
  const note = required ? html` <span class="quiet">(required)</span>` : undefined;
  return html`<div class="tick">
    <input
      type="checkbox"
      name="grant"
      id="${permission}"
      value="${permission}"
      checked${required ? html` disabled` : undefined}
    />
    <label for="${permission}">${wordsFor(permission)}${note}</label>
  </div>`;
}
