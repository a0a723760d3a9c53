import type {PageParts} from './layout.ts';
import {html} from './html.ts';

/** There is nowhere safe to send the owner to. */
export function refusalPage(message: string): PageParts {
  return {
    title: 'This link does not work',
    problem: message,
    body: html`<p>Connect sends nobody on from a link that it can’t trust.</p>
      <p class="quiet">
        For the developer of the application: compare the link with how the simulator was started.
      </p>`,
  };
}

/** A flow that is over, or never was. */
export const startAgainPage: PageParts = {
  title: 'Please start again',
  body: html`<p>
      This visit to Connect is over: it was finished, took longer than an hour, or was never begun.
    </p>
    <p>Go back to the application and open its link once more.</p>`,
};
