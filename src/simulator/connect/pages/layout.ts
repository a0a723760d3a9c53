import {createHash} from 'node:crypto';
import type {Success} from '../../http/answer.ts';
import {type Html, html} from './html.ts';
import {style} from './style.ts';

/** A whole page. */
export interface PageParts {
  /** Of the window, and the one `h1`. */
  readonly title: string;
  /** What went wrong, told first. */
  readonly problem?: string | undefined;
  readonly body: Html;
  readonly footer?: Html;
}

/** Forms point at it with `aria-describedby`. */
export const problemId = 'problem';

const styleHash = createHash('sha256').update(style).digest('base64');

/** In one piece: the hash is of every character between the tags. */
const styleElement: Html = {markup: `<style>${style}</style>`};

const headers: Readonly<Record<string, string>> = {
  // No form-action: Chrome would hold it against the redirect to the application, too.
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; img-src data:; base-uri 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // Not `no-store`: the way back through the browser would end at an error of its own.
  'cache-control': 'private, no-cache',
};

/** The style and the icon stand in the page: nothing else is ever loaded. */
export function page(status: number, {title, problem, body, footer}: PageParts): Success {
  const alert =
    problem === undefined
      ? undefined
      : html`<p class="problem" role="alert" id="${problemId}">${problem}</p>`;
  const whole = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${problem === undefined ? '' : 'Error: '}${title} – Connect simulator</title>
        <link rel="icon" href="data:," />
        ${styleElement}
      </head>
      <body>
        <header>
          <p class="banner">
            This is a simulator of Smartcar Connect. No real account or car is involved: type no real
            password.
          </p>
        </header>
        <main>
          <h1>${title}</h1>
          ${alert} ${body}
        </main>
        ${footer === undefined ? undefined : html`<footer>${footer}</footer>`}
      </body>
    </html> `;
  return {status, headers, html: whole.markup};
}
