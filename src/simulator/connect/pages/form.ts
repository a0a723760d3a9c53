import {type Ending, endings} from '../endings.ts';
import type {Flow} from '../flows.ts';
import {type Html, html} from './html.ts';
import {problemId} from './layout.ts';

/** A form that goes on with the flow. The browser's own complaints are off: the pages have theirs. */
export function form({id, link, step}: Flow, body: Html): Html {
  return html`<form method="post" action="/oauth/${link.errand}" novalidate>
    <input type="hidden" name="flow" value="${id}" />
    <input type="hidden" name="step" value="${step.name}" />
    ${body}
  </form>`;
}

/** A button that ends the flow with a redirect error. */
export function endButton(ending: Ending, label: string): Html {
  return html`<button name="end" value="${ending}">${label}</button>`;
}

/** What every page has below: the way out, and the ways out that a developer wants to see. */
export function leaving(flow: Flow): Html {
  const choices = Object.keys(endings).map(name => html`<option value="${name}">${name}</option>`);
  return html`${form(flow, endButton('user_manually_returned_to_application', `Return to ${flow.link.client}`))}
    <details>
      <summary>Rehearse another ending</summary>
      ${form(
        flow,
        html`<fieldset>
          <legend>End Connect with an error</legend>
          <div class="field">
            <label for="end">Error</label
            ><select id="end" name="end">
              ${choices}
            </select>
          </div>
          <button>End with this error</button>
        </fieldset>`,
      )}
    </details>`;
}

/** Ties a field to the complaint about it. */
export function complaint(concerned: boolean): Html | undefined {
  return concerned ? html` aria-invalid="true"${describedBy(concerned)}` : undefined;
}

/** The same for a group of fields, which can't be invalid itself. */
export function describedBy(concerned: boolean): Html | undefined {
  return concerned ? html` aria-describedby="${problemId}"` : undefined;
}
