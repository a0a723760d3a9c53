import * as Plot from '@observablehq/plot';
import {parseHTML} from 'linkedom';
import {html, Markup} from './markup.ts';

/** Charts are drawn in a document that no browser ever sees: the page gets SVG, and no script for it. */
const {document} = parseHTML('<!doctype html><html><body></body></html>');

/** Widths of a chart in pixels: letters keep their size, so a telephone has a drawing of its own. */
export const WIDTHS = {wide: 920, narrow: 370} as const;

export type Breadth = keyof typeof WIDTHS;

/** A chart for each breadth; style sheets show the one that fits. */
export function drawn(label: string, optionsFor: (breadth: Breadth) => Plot.PlotOptions): readonly Markup[] {
  return (['wide', 'narrow'] as const).map(breadth => {
    const svg = Plot.plot({
      ...optionsFor(breadth),
      width: WIDTHS[breadth],
      className: breadth,
      document,
    });
    svg.classList.add('plot');
    // What these say stands in the style sheet of the page, once.
    for (const style of svg.querySelectorAll('style')) style.remove();
    // linkedom leaves `&` in attributes as it is: ours are written here.
    const rest = new Markup(svg.outerHTML.slice('<svg'.length));
    return html`<svg role="img" aria-label="${label}"${rest}`;
  });
}
