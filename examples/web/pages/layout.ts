import {html, raw} from 'hono/html';
import type {Drawn} from '../live.ts';

/** What `html` makes: everything put into it was escaped, other templates apart. */
export type Markup = ReturnType<typeof html>;

export interface PageParts {
  /** Of the window, and the one `h1`. */
  readonly title: string;
  /** The path of the page, for the navigation; also that of its events, behind `/events`. */
  readonly path: '/' | '/operator' | '/callback';
  readonly body: Markup;
}

const LINKS = [
  ['/', 'My cars'],
  ['/operator', 'Operator'],
] as const;

export function layout({title, path, body}: PageParts): Markup {
  const links = LINKS.map(([to, name]) =>
    to === path
      ? html`<li><a href="${to}" aria-current="page">${name}</a></li>`
      : html`<li><a href="${to}">${name}</a></li>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – Garage</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
        ${path === '/operator' ? html`<link rel="stylesheet" href="/operator.css" />` : ''}
        <script src="/live.js" type="module"></script>
      </head>
      <body ${path === '/callback' ? '' : html`data-events="/events?page=${path.slice(1) || 'owner'}"`}>
        <header>
          <nav aria-label="Pages">
            <ul>
              ${links}
            </ul>
          </nav>
        </header>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`;
}

/** A place that the script fills anew; `said` ones are read out by screen readers when they change. */
export function region(drawn: ReadonlyMap<string, Drawn>, id: string, said = false): Markup {
  const {html: content = '', version = ''} = drawn.get(id) ?? {};
  const live = said ? raw('role="status"') : '';
  return html`<div id="${id}" data-version="${version}" ${live}>${raw(content)}</div>`;
}

/** A time of day; the script turns it into the visitor's own. */
export function clockTime(at: number): Markup {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(11, 19)} UTC</time>`;
}

/** Counts down in the browser. */
export function countdown(until: number): Markup {
  const iso = new Date(until).toISOString();
  return html`<time datetime="${iso}" data-countdown>at ${iso.slice(11, 19)} UTC</time>`;
}
