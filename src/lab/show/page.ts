import {columnsOf} from './columns.ts';
import {looksOf} from './looks.ts';
import {html, Markup} from './markup.ts';
import type {Goal, Report, ScenarioReport} from './report.ts';
import {scenarioSection} from './scenario-section.ts';
import {STYLE} from './style.ts';
import {counted} from './words.ts';

/** A scenario, and where on the page it stands. */
interface Place {
  readonly scenario: ScenarioReport;
  readonly id: string;
}

/** The whole report as one file: it asks no server for anything, and runs nothing. */
export function page(report: Report): string {
  const looks = looksOf(report);
  const places = placesOf(report.scenarios);
  // The policy of the page holds even where something has slipped into it.
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>smartcar-policy in the lab</title>
        <style>
          ${new Markup(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>smartcar-policy in the lab</h1>
          <p class="lead">
            What our policy brings and costs, and what others do in its place, on a simulated Smartcar in
            virtual time.
          </p>
          ${summaryOf(report.scenarios)} ${contentsOf(places)}
        </header>
        <main>
          ${places.map(({scenario, id}) => scenarioSection(scenario, id, looks))}
          ${columnsSection(report.scenarios)} ${settingsSection(report.scenarios)} ${againSection(report)}
        </main>
      </body>
    </html> `.text;
}

/** Addresses that stay the same when a scenario is added before. */
function placesOf(scenarios: readonly ScenarioReport[]): readonly Place[] {
  const taken = new Set<string>();
  return scenarios.map(scenario => {
    const words = scenario.title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    const plain = ['scenario', ...words].join('-');
    let id = plain;
    for (let next = 2; taken.has(id); next++) id = `${plain}-${next}`;
    taken.add(id);
    return {scenario, id};
  });
}

function summaryOf(scenarios: readonly ScenarioReport[]): Markup {
  const goals = scenarios.flatMap(scenario => scenario.goals);
  const which = goals.length === 0 ? '' : `, ${metOf(goals)}`;
  return html`<p class="quiet">${counted(scenarios.length, 'scenario')}${which}.</p>`;
}

function metOf(goals: readonly Goal[]): string {
  return `${goals.filter(({met}) => met).length} of ${counted(goals.length, 'goal')} met`;
}

function contentsOf(places: readonly Place[]): Markup {
  return html`<nav aria-labelledby="contents">
    <h2 id="contents">On this page</h2>
    <ul>
      ${places.map(
        ({scenario: {title, goals}, id}) =>
          html`<li>
            <a href="#${id}">${title}</a
            >${goals.length === 0 ? [] : html` <span class="quiet">${metOf(goals)}</span>`}
          </li> `,
      )}
      <li><a href="#columns">What the columns say</a></li>
      <li><a href="#settings">How the policies are set</a></li>
      <li><a href="#again">How to run it again</a></li>
    </ul>
  </nav>`;
}

function columnsSection(scenarios: readonly ScenarioReport[]): Markup {
  const columns = columnsOf(scenarios.flatMap(({results}) => results));
  return html`<section aria-labelledby="columns">
    <h2 id="columns">What the columns say</h2>
    <p>A column that would be zero for every policy is left out. A dash: there is nothing to say.</p>
    <dl class="pairs">
      ${columns.map(
        ({title, about}) =>
          html`<dt>${title}</dt>
            <dd>${about}</dd> `,
      )}
    </dl>
  </section> `;
}

function settingsSection(scenarios: readonly ScenarioReport[]): Markup {
  const results = scenarios.flatMap(scenario => scenario.results);
  const settings = new Map(results.map(({policy, settings: words}) => [policy, words]));
  return html`<section aria-labelledby="settings">
    <h2 id="settings">How the policies are set</h2>
    <dl>
      ${[...settings].map(
        ([policy, words]) =>
          html`<dt>${policy}</dt>
            <dd>${words}</dd> `,
      )}
    </dl>
  </section> `;
}

function againSection({seed, command, versions}: Report): Markup {
  return html`<section aria-labelledby="again">
    <h2 id="again">How to run it again</h2>
    <p>The same seed, the same versions, the same numbers.</p>
    <pre tabindex="0"><code>${command}</code></pre>
    <dl class="pairs">
      <dt>seed</dt>
      <dd>${seed}</dd>
      ${Object.entries(versions).map(
        ([name, version]) =>
          html`<dt>${name}</dt>
            <dd>${version}</dd> `,
      )}
    </dl>
  </section> `;
}
