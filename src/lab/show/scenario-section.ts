import type {Result} from '../measure/result.ts';
import {callsChart, fatesOf} from './calls.ts';
import {cellOf, columnsOf} from './columns.ts';
import {type Lines, linesOf, sameLines} from './lines.ts';
import {type Look, lookOf} from './looks.ts';
import {html, type Markup} from './markup.ts';
import {overTimeChart} from './over-time.ts';
import type {Goal, ScenarioReport} from './report.ts';

/** One scenario of the page: two charts, the table, the goals. */
export function scenarioSection(
  {title, about, results, goals}: ScenarioReport,
  id: string,
  looks: ReadonlyMap<string, Look>,
): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    <p>${about}</p>
    ${results.length === 0 ? html`<p class="quiet">No policy ran.</p>` : picturesOf(title, results, looks)}
    ${goals.length === 0 ? [] : goalsOf(goals)}
  </section> `;
}

function picturesOf(title: string, results: readonly Result[], looks: ReadonlyMap<string, Look>): Markup {
  const lines = linesOf(results);
  return html`<h3>Good answers over time</h3>
    <figure>
      <ul class="legend">
        ${results.map(result => lineKey(result, lookOf(looks, result.policy)))}
      </ul>
      ${overTimeChart(title, lines, looks)} ${captionOf(lines)}
    </figure>
    <h3>Calls, by what became of them</h3>
    <figure>
      <ul class="legend">
        ${fatesOf(results).map(
          ({name, colour}) =>
            html`<li><span class="swatch box" style="background:${colour}"></span>${name}</li>`,
        )}
      </ul>
      ${callsChart(title, results)}
    </figure>
    <h3>In numbers</h3>
    ${numbersOf(title, results)}`;
}

/** What can't be seen in the picture. */
function captionOf(lines: Lines): Markup | [] {
  const sentences = [
    ...(lines.addedUp ? ['Added up, since they come in bursts.'] : []),
    ...sameLines(lines).map(names => `Too close to be told apart: ${names.join('; ')}.`),
  ];
  return sentences.length === 0
    ? []
    : html`<figcaption>${sentences.map(sentence => html`<p>${sentence}</p>`)}</figcaption>`;
}

function lineKey({policy, ours}: Result, {colour, width, dash}: Look): Markup {
  const [line, gap] = dash ?? [1, 0];
  const paint = `repeating-linear-gradient(90deg,${colour} 0 ${line}px,transparent ${line}px ${line + gap}px)`;
  return html`<li${oursClass(ours)}><span class="swatch" style="height:${Math.max(2, width)}px;background:${paint}"></span>${policy}</li>`;
}

/** It scrolls in a box of its own, which the keyboard reaches too. */
function numbersOf(title: string, results: readonly Result[]): Markup {
  const columns = columnsOf(results);
  return html`<div class="scroll" role="region" aria-label="${title}, in numbers" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">policy</th>
          ${columns.map(column => html`<th scope="col" title="${column.about}">${column.title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${results.map(
          result =>
            html`<tr${oursClass(result.ours)}><th scope="row">${result.policy}</th>${columns.map(
              column => html`<td>${cellOf(column, result)}</td>`,
            )}</tr>
`,
        )}
      </tbody>
    </table>
  </div>`;
}

function goalsOf(goals: readonly Goal[]): Markup {
  return html`<h3>Goals</h3>
    <ul class="goals">
      ${goals.map(
        ({policy, goal, value, met}) =>
          html`<li${met ? [] : html` class="missed"`}><strong>${met ? 'met' : 'not met'}</strong>${policy}: ${goal} (${value})</li>
`,
      )}
    </ul>`;
}

function oursClass(ours: boolean): Markup | [] {
  return ours ? html` class="ours"` : [];
}
